/* Many at once: `threads`, eight of them that make and remove files of their own; `children`, by every way there is. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, FILES = 40 };

static void *work(void *which)
{
    char name[32];
    for (int n = 0; n < FILES; n++) {
        sprintf(name, "%ld.%d", (long)which, n);
        close(openat(AT_FDCWD, name, O_CREAT | O_WRONLY, 0600));
        unlinkat(AT_FDCWD, name, 0);
    }
    return NULL;
}

static void threads(void)
{
    pthread_t all[THREADS];
    for (long n = 0; n < THREADS; n++)
        pthread_create(&all[n], NULL, work, (void *)n);
    for (int n = 0; n < THREADS; n++)
        pthread_join(all[n], NULL);
}

static void make(const char *name) { mkdirat(AT_FDCWD, name, 0700); }

static void children(char *self)
{
    int away[2];
    char *nothing[] = {NULL};
    if (!fork()) { make("forked"); _exit(0); }
    wait(NULL);
    if (!vfork()) { make("vforked"); _exit(0); }
    wait(NULL);
    if (!syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) { make("cloned"); _exit(0); }
    wait(NULL);
    if (pipe(away))
        abort();
    if (!fork()) {
        setsid();
        if (!fork()) {
            close(away[0]);
            make("daemon");
            execve(self, (char *[]){self, "stay", NULL}, nothing);
        }
        _exit(0);
    }
    wait(NULL);
    close(away[1]);
    read(away[0], &away, 1); /* until the daemon has closed it, with its other streams */
}

int main(int count, char **words)
{
    if (!strcmp(words[count - 1], "threads"))
        threads();
    else if (!strcmp(words[count - 1], "children"))
        children(words[0]);
    else {
        make("stays");
        for (int n = 0; n < 64; n++)
            close(n);
        for (;;)
            pause();
    }
}
