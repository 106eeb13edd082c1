! A module, and a program that uses it to write a file and read it back.
module numbers
  implicit none
contains
  pure integer function square(n)
    integer, intent(in) :: n
    square = n * n
  end function square
end module numbers
