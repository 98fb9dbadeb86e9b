#include "guest.h"

// --- console ---

void write_bytes(const char *bytes, uint32_t length) {
  while (length > 0) {
    int32_t taken = hv_console_write(bytes, length);
    if (taken < 0) return;
    bytes += taken;
    length -= (uint32_t)taken;
  }
}

void print(const char *format, ...) {
  char text[PRINT_BYTES];
  va_list arguments;
  va_start(arguments, format);
  uint32_t length = format_text(text, sizeof text, format, arguments);
  va_end(arguments);
  write_bytes(text, length);
}

// --- format ---

struct Output {
  char *to;
  uint32_t length;
  uint32_t room;
};

static void put(struct Output *output, char c) {
  if (output->length + 1 < output->room) output->to[output->length++] = c;
}

/** A field: `text` filled up to `width` at its left (or right, when `left` is set). Zeros go behind a sign. */
static void put_field(struct Output *output, const char *text, uint32_t length, uint32_t width, int left, char fill) {
  uint32_t missing = width > length ? width - length : 0;
  if (fill == '0' && length > 0 && *text == '-') {
    put(output, *text++);
    length--;
  }
  for (uint32_t i = 0; !left && i < missing; i++) put(output, fill);
  for (uint32_t i = 0; i < length; i++) put(output, text[i]);
  for (uint32_t i = 0; left && i < missing; i++) put(output, ' ');
}

/** Digits of `value` so that they end at `end`; returns where they begin. */
static char *digits(char *end, uint64_t value, uint32_t base) {
  do {
    *--end = "0123456789abcdef"[value % base];
    value /= base;
  } while (value > 0);
  return end;
}

uint32_t format_text(char *to, uint32_t room, const char *format, va_list arguments) {
  struct Output output = {to, 0, room};
  for (; *format; format++) {
    if (*format != '%') {
      put(&output, *format);
      continue;
    }
    int left = 0;
    char fill = ' ';
    for (format++; *format == '-' || *format == '0'; format++) {
      if (*format == '-') left = 1;
      else fill = '0';
    }
    if (left) fill = ' ';
    uint32_t width = 0;
    while (*format >= '0' && *format <= '9') width = width * 10 + (uint32_t)(*format++ - '0');
    int longs = 0;
    while (*format == 'l') {
      longs++;
      format++;
    }
    char text[24];
    char *end = text + sizeof text;
    char *start = end;
    switch (*format) {
      case 'd': {
        int64_t value = longs == 2 ? va_arg(arguments, int64_t) : va_arg(arguments, int32_t);
        start = digits(end, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
        if (value < 0) *--start = '-';
        break;
      }
      case 'u':
      case 'x': {
        uint64_t value = longs == 2 ? va_arg(arguments, uint64_t) : va_arg(arguments, uint32_t);
        start = digits(end, value, *format == 'x' ? 16 : 10);
        break;
      }
      case 'c':
        *--start = (char)va_arg(arguments, int);
        break;
      case 's': {
        const char *string = va_arg(arguments, const char *);
        put_field(&output, string, strlen(string), width, left, ' ');
        continue;
      }
      case '%':
        *--start = '%';
        break;
      default:  // unknown, or the format ends here: shown as it is
        put(&output, '%');
        format--;
        continue;
    }
    put_field(&output, start, (uint32_t)(end - start), width, left, fill);
  }
  to[output.length] = 0;
  return output.length;
}

// --- time, start information, end ---

uint64_t monotonic_ns(void) {
  uint64_t ns = 0;
  hv_time_monotonic(&ns);
  return ns;
}

uint64_t wall_ns(void) {
  uint64_t ns = 0;
  hv_time_wall(&ns);
  return ns;
}

void sleep_until_ns(uint64_t deadline_ns) {
  while (monotonic_ns() < deadline_ns) {
    hv_timer_set(deadline_ns);
    hv_sched_block();
    while (hv_evtchn_next() >= 0) {
    }
  }
}

_Noreturn void power_off(int code) {
  for (;;) hv_sched_shutdown(HV_SHUTDOWN_REASON_POWEROFF, code);
}

/** Copies one of the two texts behind the fields of the start information: the name, or the command line that follows it. */
static uint32_t start_text(char *to, uint32_t room, int of_command_line) {
  uint8_t info[4352];  // the fields, the longest name, and the longest command line
  uint32_t fields[HV_START_INFO_BYTES / 4];
  int32_t got = hv_start_info(info, sizeof info);
  if (got < HV_START_INFO_BYTES || room == 0) return 0;
  memcpy(fields, info, sizeof fields);
  uint32_t at = HV_START_INFO_BYTES, length = fields[HV_START_INFO_NAME_LENGTH / 4];
  if (of_command_line) {
    at += length;
    length = fields[HV_START_INFO_COMMAND_LINE_LENGTH / 4];
  }
  if (at > sizeof info) at = sizeof info;
  if (length > sizeof info - at) length = sizeof info - at;
  if (length > room - 1) length = room - 1;
  memcpy(to, info + at, length);
  to[length] = 0;
  return length;
}

uint32_t domain_name(char *to, uint32_t room) {
  return start_text(to, room, 0);
}

uint32_t command_line(char *to, uint32_t room) {
  return start_text(to, room, 1);
}

uint32_t next_number(const char **at, uint32_t otherwise) {
  const char *text = *at;
  while (*text == ' ') text++;
  if (*text < '0' || *text > '9') return otherwise;
  uint32_t value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (uint32_t)(*text++ - '0');
  *at = text;
  return value;
}

int text_equal(const char *a, const char *b) {
  while (*a && *a == *b) {
    a++;
    b++;
  }
  return *a == *b;
}

// --- what clang may call by itself; no_builtin keeps it from calling them out of themselves ---

#define PLAIN __attribute__((no_builtin))

PLAIN void *memcpy(void *to, const void *from, size_t length) {
  uint8_t *out = to;
  const uint8_t *in = from;
  while (length-- > 0) *out++ = *in++;
  return to;
}

PLAIN void *memmove(void *to, const void *from, size_t length) {
  uint8_t *out = to;
  const uint8_t *in = from;
  if (out < in) return memcpy(to, from, length);
  while (length-- > 0) out[length] = in[length];
  return to;
}

PLAIN void *memset(void *at, int value, size_t length) {
  uint8_t *out = at;
  while (length-- > 0) *out++ = (uint8_t)value;
  return at;
}

PLAIN int memcmp(const void *a, const void *b, size_t length) {
  const uint8_t *left = a, *right = b;
  for (; length > 0; length--, left++, right++)
    if (*left != *right) return *left - *right;
  return 0;
}

PLAIN size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}
