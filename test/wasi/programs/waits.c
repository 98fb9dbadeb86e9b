// Waits, for time and for input, and tells that it did.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time)) return -1;
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char **argv) {
  int ms = argc > 1 ? atoi(argv[1]) : 20;
  long long before = now(CLOCK_MONOTONIC);
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, NULL);
  printf("slept long enough: %d\n", now(CLOCK_MONOTONIC) - before >= ms * 1000000LL);
  printf("the wall clock is of this century: %d\n", now(CLOCK_REALTIME) > 946684800LL * 1000000000);

  struct pollfd input = {.fd = 0, .events = POLLIN};
  int ready = poll(&input, 1, 0);
  printf("ready at once: %d\n", ready);
  for (;;) {
    ready = poll(&input, 1, 60000);
    if (ready <= 0) break;
    char text[64];
    ssize_t got = read(0, text, sizeof text);
    if (got <= 0) break;
    printf("got %.*s\n", (int)got - (text[got - 1] == '\n'), text);
    fflush(stdout);
  }
  printf("the end, a terminal: %d\n", isatty(1));
  srandom(1);
  unsigned char bytes[16];
  printf("random: %d\n", getentropy(bytes, sizeof bytes));
  return 3;
}
