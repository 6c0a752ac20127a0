/* A disk that is slower: preloaded into a server, every sync of its takes EXTRA_MS more. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <time.h>

static int late(const char *name, int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    struct timespec rest = {EXTRA_MS / 1000, EXTRA_MS % 1000 * 1000000L};

    while (nanosleep(&rest, &rest) == -1 && errno == EINTR)
        ;
    return real(file);
}

int fsync(int file)
{
    return late("fsync", file);
}

int fdatasync(int file)
{
    return late("fdatasync", file);
}
