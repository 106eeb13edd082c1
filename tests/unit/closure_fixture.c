/* An empty library; how it is linked is what test_closure reads. */
int closure_fixture;
