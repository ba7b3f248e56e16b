/*
 * Puts the wall clock of the process that it is preloaded into (LD_PRELOAD) ahead, by FALSE_CLOCK_AHEAD_SECONDS; negative is behind.
 * The monotonic clock is the machine's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Waits are until a time of either clock; the monotonic one counts from the machine's start. */
#define SURELY_WALL_CLOCK 1000000000

static time_t ahead;
static int (*wait_until)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

__attribute__((constructor)) static void begin(void) {
  const char *seconds = getenv("FALSE_CLOCK_AHEAD_SECONDS");
  ahead = seconds == NULL ? 0 : atol(seconds);
  wait_until = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int failed = syscall(SYS_clock_gettime, clock, now);
  if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += ahead;
  }
  return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int failed = syscall(SYS_gettimeofday, now, zone);
  if (!failed) {
    now->tv_sec += ahead;
  }
  return failed;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != NULL) {
    *result = now.tv_sec;
  }
  return now.tv_sec;
}

/* The kernel waits by the true clock. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  struct timespec truly = *until;
  if (truly.tv_sec > SURELY_WALL_CLOCK) {
    truly.tv_sec -= ahead;
  }
  return wait_until(condition, mutex, &truly);
}
