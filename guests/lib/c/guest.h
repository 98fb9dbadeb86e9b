// A small runtime for guests in C: console output, time, waiting, arguments. Compile guest.c along with the guest.
// None of it keeps state of its own, so threads of a guest may share it.
#ifndef GUEST_H
#define GUEST_H

#include "wasmvisor.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/** Writes all of a range to the console; waits while the console is full. */
void write_bytes(const char *bytes, uint32_t length);

/**
 * Writes to the console, in one piece: %d %u %x %lld %llu %llx %c %s %%, with `0`, `-` and a width. What is longer than
 * PRINT_BYTES is cut.
 */
__attribute__((format(printf, 1, 2))) void print(const char *format, ...);
#define PRINT_BYTES 512

/** The same into `to`, with a 0 behind it; returns the length without the 0, at most `room` - 1. `room` is at least 1. */
uint32_t format_text(char *to, uint32_t room, const char *format, va_list arguments);

/** ns since the domain was created. */
uint64_t monotonic_ns(void);
/** ns since 1970-01-01 UTC. */
uint64_t wall_ns(void);
/** Sleeps until a monotonic time. With upcalls masked: other ports that become pending meanwhile are forgotten. */
void sleep_until_ns(uint64_t deadline_ns);

/** Ends the domain; the code is told to whoever waits. */
_Noreturn void power_off(int code);

/** The domain's name, or its command line, with a 0 behind it; returns its length. What does not fit is cut. `room` >= 1. */
uint32_t domain_name(char *to, uint32_t room);
uint32_t command_line(char *to, uint32_t room);
/** A number in decimal at *at, behind blanks; moves *at behind it. `otherwise` when there is none. */
uint32_t next_number(const char **at, uint32_t otherwise);

int text_equal(const char *a, const char *b);

// What clang may call by itself.
void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *at, int value, size_t length);
int memcmp(const void *a, const void *b, size_t length);
size_t strlen(const char *text);

#endif
