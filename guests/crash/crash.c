// Works through records of a message until one of them lies about its length. The hypervisor ends this domain alone, and its
// crash record names the function, those that called it, and where they were in this module.
#include "guest.h"

enum { MESSAGES = 4, RECORD_BYTES = 8 };

static uint8_t message[MESSAGES * RECORD_BYTES];
static volatile uint32_t checksum;

__attribute__((noinline)) static uint32_t read_field(const uint8_t *record, uint32_t at) {
  const volatile uint8_t *field = record + at;
  return *field;  // at is not checked against the length of the message
}

__attribute__((noinline)) static uint32_t parse_record(const uint8_t *record) {
  uint32_t length;
  memcpy(&length, record, sizeof length);
  return read_field(record, length - 1) + 1;
}

__attribute__((noinline)) static void handle_message(uint32_t number) {
  const uint8_t *record = message + number * RECORD_BYTES;
  print("message %u of %u\n", number + 1, MESSAGES);
  checksum += parse_record(record);
}

HV_EXPORT(hv_start) void hv_start(void) {
  char line[40];
  const char *at = line;
  command_line(line, sizeof line);
  uint64_t pause_ns = (uint64_t)next_number(&at, 100) * 1000000;

  for (uint32_t i = 0; i < MESSAGES; i++) {
    message[i * RECORD_BYTES] = RECORD_BYTES;
    message[i * RECORD_BYTES + 7] = (uint8_t)(10 * i);
  }
  message[(MESSAGES - 1) * RECORD_BYTES + 3] = 0x40;  // a length of a gigabyte

  for (uint32_t number = 0; number < MESSAGES; number++) {
    sleep_until_ns(monotonic_ns() + pause_ns);
    handle_message(number);
  }
}
