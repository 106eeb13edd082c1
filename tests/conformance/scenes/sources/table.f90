program table
  use numbers
  implicit none
  integer :: i, n, unit, total
  logical :: there
  open(newunit=unit, file='table.txt', status='replace', action='write')
  do i = 1, 100
     write(unit, '(i6)') square(i)
  end do
  close(unit)
  open(newunit=unit, file='table.txt', status='old', action='read')
  total = 0
  do i = 1, 100
     read(unit, *) n
     total = total + n
  end do
  close(unit)
  inquire(file='nothing.txt', exist=there)
  print *, total, there
  open(newunit=unit, file='direct.bin', access='direct', recl=8, form='unformatted')
  write(unit, rec=3) 42
  read(unit, rec=3) n
  close(unit, status='delete')
  inquire(file='direct.bin', exist=there)
  print *, n, there
end program table
