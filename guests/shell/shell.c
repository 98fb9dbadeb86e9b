// An interactive monitor: what its commands look at is their own domain, as the hypervisor tells it.
#include "commands.h"
#include "guest.h"
#include "line.h"

HV_EXPORT(hv_start) void hv_start(void) {
  char name[40], prompt[sizeof name + 2], line[256];
  uint32_t length = domain_name(name, sizeof name);
  memcpy(prompt, name, length);
  memcpy(prompt + length, "> ", 3);
  print("A monitor of its own domain. Type help.\n");
  while (read_line(prompt, line, sizeof line) >= 0) run_command(line);
}
