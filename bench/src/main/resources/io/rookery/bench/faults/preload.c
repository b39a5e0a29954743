// Loaded before libc into a node: fails what would make data durable, and moves the clock of this process alone.
// What is to be done is in a file that the harness maps too; the counts there are the evidence that it was.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
    int64_t clock_offset; // nanoseconds
    int64_t fail_fsync;   // 1: every fsync and fdatasync fails with EIO
    int64_t clock_reads;  // reads of the clock that were moved
    int64_t failed_fsyncs;
};

static struct control nothing;
static struct control *control = &nothing;

__attribute__((constructor)) static void open_control(void) {
    const char *path = getenv("ROOKERY_FAULTS_CONTROL");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) control = mapped;
    close(file);
}

static int sync_fails(void) {
    if (__atomic_load_n(&control->fail_fsync, __ATOMIC_RELAXED) == 0) return 0;
    __atomic_add_fetch(&control->failed_fsyncs, 1, __ATOMIC_RELAXED);
    errno = EIO;
    return 1;
}

int fsync(int file) {
    static int (*real)(int);
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return sync_fails() ? -1 : real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return sync_fails() ? -1 : real(file);
}

static int64_t offset(void) {
    int64_t moved = __atomic_load_n(&control->clock_offset, __ATOMIC_RELAXED);
    if (moved != 0) __atomic_add_fetch(&control->clock_reads, 1, __ATOMIC_RELAXED);
    return moved;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t moved = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + offset();
        time->tv_sec = moved / 1000000000;
        time->tv_nsec = moved % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict value, void *restrict zone) {
    (void)zone;
    struct timespec time;
    int result = clock_gettime(CLOCK_REALTIME, &time);
    value->tv_sec = time.tv_sec;
    value->tv_usec = time.tv_nsec / 1000;
    return result;
}

time_t time(time_t *value) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (value != NULL) *value = now.tv_sec;
    return now.tv_sec;
}
