/* Makes system calls by their numbers, as its words say, and tells the error of each, 0 for none.

   A call is a name or a number, its arguments and `;`. `x=` before it keeps its answer, `$x` is that answer, also
   within a text. An argument is a number, a text (`=text`; `|text` ends with its page, before memory that cannot be
   read; `^text` begins on one page and ends on the next), bytes (`&6869`) or one buffer of a vector (`%text`). */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long kept[128];

static const struct { const char *name; long number; } asides[] = {
    {"chdir", SYS_chdir}, {"fchdir", SYS_fchdir}, {"close", SYS_close}, {"lseek", SYS_lseek}, {"read", SYS_read},
    {"memfd_create", SYS_memfd_create}, {"pipe2", SYS_pipe2}, {"socket", SYS_socket}, {"dup3", SYS_dup3},
};

static long number(const char *name)
{
    for (size_t n = 0; n < sizeof asides / sizeof *asides; n++)
        if (!strcmp(asides[n].name, name))
            return asides[n].number;
    return strtol(name, NULL, 0);
}

static char *text(const char *word)
{
    char *at = strchr(word, '$'), *made;
    if (!at)
        return strdup(word);
    if (asprintf(&made, "%.*s%ld%s", (int)(at - word), word, kept[(int)at[1]], at + 2) < 0)
        abort();
    return made;
}

static char *pages(const char *word, size_t before)
{
    size_t page = sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(memory + 2 * page, page, PROT_NONE);
    return strcpy(memory + 2 * page - before, word);
}

static long bytes(const char *word)
{
    unsigned char *made = calloc(1, strlen(word));
    for (size_t n = 0; word[2 * n]; n++)
        sscanf(word + 2 * n, "%2hhx", made + n);
    return (long)made;
}

static long vector(char *word)
{
    struct iovec *made = malloc(sizeof *made);
    *made = (struct iovec){word, strlen(word)};
    return (long)made;
}

static long argument(char *word)
{
    switch (*word) {
    case '=': return (long)text(word + 1);
    case '|': return (long)pages(word + 1, strlen(word));
    case '^': return (long)pages(word + 1, sysconf(_SC_PAGESIZE) + 2);
    case '&': return bytes(word + 1);
    case '%': return vector(word + 1);
    case '$': return kept[(int)word[1]];
    default: return strtol(word, NULL, 0);
    }
}

int main(int count, char **words)
{
    for (int n = 1; n < count; n++) {
        char into = 0;
        long given[6] = {0};
        if (words[n][0] && words[n][1] == '=') {
            into = words[n][0];
            words[n] += 2;
        }
        long call = number(words[n]);
        for (int m = 0; strcmp(words[++n], ";"); m++)
            given[m] = argument(words[n]);
        long answer = syscall(call, given[0], given[1], given[2], given[3], given[4], given[5]);
        printf("%d\n", answer == -1 ? errno : 0);
        fflush(stdout);
        kept[(int)into] = answer;
    }
}
