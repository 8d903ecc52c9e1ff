"""Stopping every call of a process tree that would change a tree of files, before it runs. Linux, without root.

seccomp user notification (kernel documentation: userspace-api/seccomp_filter): what is stopped waits in one total order
for our answer, whatever process or thread it is of. Not seen: calls by io_uring and io_submit, what is written into
memory that a file is mapped to, and calls of a process that may not be looked into; that it comes to that is told.
32-bit programs on a 64-bit system are not stopped at all.
"""
