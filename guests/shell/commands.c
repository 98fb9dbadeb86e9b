#include "commands.h"

#include "guest.h"
#include "line.h"

enum { WORDS_MAX = 20, PAGE_BYTES = 65536, CONTEXT_STACK_BYTES = 4096 };

/** The words of a command line, the command itself first. */
struct Words {
  uint32_t count;
  char *at[WORDS_MAX];
};

/** A number in decimal, or in hexadecimal behind 0x. */
static int parse(const char *text, uint32_t *value) {
  uint32_t base = text[0] == '0' && text[1] == 'x' ? 16 : 10, result = 0;
  if (base == 16) text += 2;
  if (!*text) return 0;
  for (; *text; text++) {
    uint32_t digit = *text >= 'a' ? (uint32_t)(*text - 'a') + 10 : (uint32_t)(*text - '0');
    if (digit >= base) return 0;
    result = result * base + digit;
  }
  *value = result;
  return 1;
}

/** The word at `index` as a number, or what stands for it when it is left out; says so when it is none. */
static int number(const struct Words *words, uint32_t index, uint32_t otherwise, uint32_t *value) {
  *value = otherwise;
  if (index >= words->count || parse(words->at[index], value)) return 1;
  print("%s: %s is no number (such as 10 or 0x1f)\n", words->at[0], words->at[index]);
  return 0;
}

// --- the domain ---

static void info(const struct Words *words) {
  (void)words;
  uint32_t fields[HV_START_INFO_BYTES / 4];
  char name[64], line[256];
  hv_start_info(fields, sizeof fields);
  domain_name(name, sizeof name);
  command_line(line, sizeof line);
  uint32_t version = fields[HV_START_INFO_VERSION / 4], features = (uint32_t)hv_features(0);
  print("domain     %u, %s\n", fields[HV_START_INFO_DOMAIN_ID / 4], name);
  print("interface  %u.%u%s%s%s\n", version >> 16, version & 0xffff, features & HV_FEATURE_CONTEXTS ? ", contexts" : "",
        features & HV_FEATURE_UPCALLS ? ", upcalls" : "", features & HV_FEATURE_DETERMINISTIC ? ", deterministic" : "");
  print("vCPUs      %u, this is %d\n", fields[HV_START_INFO_VCPUS / 4], hv_vcpu_id());
  print("memory     %u pages of 64 KiB at most\n", fields[HV_START_INFO_MAXIMUM_PAGES / 4]);
  print("contexts   %u at most\n", fields[HV_START_INFO_CONTEXTS_MAX / 4]);
  print("command    %s\n", line);
}

static void runstate(const struct Words *words) {
  (void)words;
  uint64_t accounts[HV_RUNSTATE_BYTES / 8];
  hv_vcpu_runstate(accounts);
  static const char *const names[4] = {"running", "runnable", "blocked", "offline"};
  static const uint32_t at[4] = {HV_RUNSTATE_RUNNING_NS, HV_RUNSTATE_RUNNABLE_NS, HV_RUNSTATE_BLOCKED_NS,
                                 HV_RUNSTATE_OFFLINE_NS};
  for (uint32_t i = 0; i < 4; i++) print("%-9s %10llu us\n", names[i], accounts[at[i] / 8] / 1000);
  print("%-9s %10u\n", "quanta", (uint32_t)(accounts[HV_RUNSTATE_QUANTA / 8] >> (HV_RUNSTATE_QUANTA % 8 * 8)));
  print("%-9s %10llu units\n", "spent", accounts[HV_RUNSTATE_SPENT_UNITS / 8]);
}

// --- time ---

static void uptime(const struct Words *words) {
  (void)words;
  uint64_t us = monotonic_ns() / 1000;
  print("up %llu.%06u s\n", us / 1000000, (uint32_t)(us % 1000000));
}

static void date(const struct Words *words) {
  (void)words;
  uint64_t seconds = wall_ns() / 1000000000;
  uint32_t days = (uint32_t)(seconds / 86400), second = (uint32_t)(seconds % 86400), year = 1970, month = 0;
  for (;; year++) {
    uint32_t leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (days >= 365 + leap) {
      days -= 365 + leap;
      continue;
    }
    const uint8_t lengths[12] = {31, (uint8_t)(28 + leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (; days >= lengths[month]; month++) days -= lengths[month];
    break;
  }
  print("%u-%02u-%02u %02u:%02u:%02u UTC\n", year, month + 1, days + 1, second / 3600, second / 60 % 60, second % 60);
}

static void sleep(const struct Words *words) {
  uint32_t ms;
  if (!number(words, 1, 1000, &ms)) return;
  uint64_t deadline_ns = monotonic_ns() + (uint64_t)ms * 1000000;
  while (monotonic_ns() < deadline_ns) {
    if (interrupted()) {
      print("^C\n");
      return;
    }
    hv_timer_set(deadline_ns);
    hv_sched_block();
    while (hv_evtchn_next() >= 0) {
    }
  }
}

// --- the CPU: `spin` makes no call while it spins; an upcall ends it ---

static volatile int spin_ends;
static uint64_t spin_deadline_ns;

HV_EXPORT(hv_upcall) void hv_upcall(uint32_t port) {
  if (port == HV_VIRQ_TIMER && monotonic_ns() >= spin_deadline_ns) spin_ends = 1;
  if (port == HV_VIRQ_CONSOLE && interrupted()) spin_ends = 2;
}

static void spin(const struct Words *words) {
  uint32_t ms;
  if (!number(words, 1, 1000, &ms)) return;
  spin_ends = 0;
  spin_deadline_ns = monotonic_ns() + (uint64_t)ms * 1000000;
  hv_timer_set(spin_deadline_ns);
  hv_upcall_unmask();
  if (!spin_ends && interrupted()) spin_ends = 2;
  uint64_t rounds = 0;
  while (!spin_ends) rounds++;
  hv_upcall_mask();
  hv_timer_set(UINT64_MAX);
  print("%s%llu times round an empty loop\n", spin_ends == 2 ? "^C\n" : "", rounds);
}

static void yield(const struct Words *words) {
  uint32_t count;
  if (!number(words, 1, 1, &count)) return;
  uint64_t began_ns = monotonic_ns();
  for (uint32_t i = 0; i < count && !interrupted(); i++) hv_sched_yield();
  print("back after %llu us\n", (monotonic_ns() - began_ns) / 1000);
}

// --- contexts ---

static int32_t first_context;
static uint32_t contexts_visited;

HV_EXPORT(hv_context) int32_t hv_context(uint32_t argument) {
  contexts_visited += argument;
  return first_context;
}

static void contexts(const struct Words *words) {
  uint32_t count;
  if (!number(words, 1, 10, &count)) return;
  static _Alignas(16) char stack[CONTEXT_STACK_BYTES];
  first_context = hv_context_current();
  contexts_visited = 0;
  uint64_t began_ns = monotonic_ns();
  for (uint32_t i = 0; i < count; i++) {
    int32_t context = hv_context_create(1, (uint32_t)stack + sizeof stack);
    if (context < 0) {
      print("contexts: refused with errno %d\n", -context);
      return;
    }
    hv_context_switch((uint32_t)context);
  }
  print("this is context %d; made %u, each ran and ended, in %llu us\n", first_context, contexts_visited,
        (monotonic_ns() - began_ns) / 1000);
}

// --- memory ---

static void mem(const struct Words *words) {
  (void)words;
  int32_t current = hv_memory_reservation(HV_RESERVATION_CURRENT), maximum = hv_memory_reservation(HV_RESERVATION_MAXIMUM);
  print("%d of %d pages, %d of %d KiB\n", current, maximum, current * 64, maximum * 64);
}

static void grow(const struct Words *words) {
  uint32_t pages;
  if (!number(words, 1, 1, &pages)) return;
  if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) print("grow: refused\n");
  mem(words);
}

static int in_memory(const char *command, uint32_t address, uint32_t length) {
  uint64_t size = (uint64_t)__builtin_wasm_memory_size(0) * PAGE_BYTES;
  if ((uint64_t)address + length <= size) return 1;
  print("%s: memory ends at 0x%llx\n", command, size);
  return 0;
}

static void peek(const struct Words *words) {
  uint32_t address, length;
  if (words->count < 2) {
    print("peek ADDRESS [LENGTH]\n");
    return;
  }
  if (!number(words, 1, 0, &address) || !number(words, 2, 64, &length) || !in_memory("peek", address, length)) return;
  const volatile uint8_t *bytes = (const volatile uint8_t *)address;
  for (uint32_t row = 0; row < length && !interrupted(); row += 16) {
    print("%08x ", address + row);
    char text[17];
    uint32_t i = 0;
    for (; i < 16 && row + i < length; i++) {
      uint8_t byte = bytes[row + i];
      print("%s%02x", i == 8 ? "  " : " ", byte);
      text[i] = byte >= 32 && byte < 127 ? (char)byte : '.';
    }
    text[i] = 0;
    for (uint32_t missing = i; missing < 16; missing++) print(missing == 8 ? "    " : "   ");
    print("  %s\n", text);
  }
}

static void poke(const struct Words *words) {
  uint32_t address, byte;
  if (words->count < 3) {
    print("poke ADDRESS BYTE...\n");
    return;
  }
  if (!number(words, 1, 0, &address) || !in_memory("poke", address, words->count - 2)) return;
  for (uint32_t i = 2; i < words->count; i++) {
    if (!number(words, i, 0, &byte)) return;
    ((volatile uint8_t *)address)[i - 2] = (uint8_t)byte;
  }
}

// --- the rest ---

static void rand(const struct Words *words) {
  uint8_t bytes[HV_RANDOM_MAX_BYTES];
  uint32_t count;
  if (!number(words, 1, 16, &count)) return;
  int32_t got = hv_random_bytes(bytes, count < sizeof bytes ? count : sizeof bytes);
  for (int32_t i = 0; i < got; i++) print("%02x", bytes[i]);
  print("\n");
}

static void trace(const struct Words *words) {
  uint32_t event, a, b;
  if (!number(words, 1, 0, &event) || !number(words, 2, 0, &a) || !number(words, 3, 0, &b)) return;
  int32_t result = hv_trace_emit(event, a, b);
  if (result < 0) print("trace: refused with errno %d: events are below %u\n", -result, HV_TRACE_EVENT_LIMIT);
}

static void echo(const struct Words *words) {
  for (uint32_t i = 1; i < words->count; i++) print("%s%s", i > 1 ? " " : "", words->at[i]);
  print("\n");
}

__attribute__((noinline)) static uint32_t recurse(uint32_t depth) {
  return depth == UINT32_MAX ? 0 : recurse(depth + 1) * 3 + depth;
}

__attribute__((noinline)) static void store_beyond_memory(void) {
  *(volatile uint32_t *)0xfffffff0u = 1;
}

static void crash(const struct Words *words) {
  const char *how = words->count > 1 ? words->at[1] : "store";
  if (text_equal(how, "store")) store_beyond_memory();
  else if (text_equal(how, "recurse")) print("%u\n", recurse(0));
  else if (text_equal(how, "ask")) hv_sched_shutdown(HV_SHUTDOWN_REASON_CRASH, 1);
  else print("crash [store|recurse|ask]\n");
}

static void exit(const struct Words *words) {
  uint32_t code;
  if (number(words, 1, 0, &code)) power_off((int)code);
}

static void reboot(const struct Words *words) {
  (void)words;
  hv_sched_shutdown(HV_SHUTDOWN_REASON_REBOOT, 0);
}

static void help(const struct Words *words);

static const struct {
  const char *name, *arguments, *what;
  void (*run)(const struct Words *words);
} commands[] = {
    {"help", "", "this list", help},
    {"info", "", "what the domain was started with", info},
    {"runstate", "", "times and what was spent", runstate},
    {"uptime", "", "since the domain was created", uptime},
    {"date", "", "the wall clock", date},
    {"sleep", "[MS]", "block until a timer", sleep},
    {"spin", "[MS]", "compute until an upcall", spin},
    {"yield", "[TIMES]", "give the slice away", yield},
    {"contexts", "[COUNT]", "make contexts and visit each", contexts},
    {"mem", "", "the reservation", mem},
    {"grow", "[PAGES]", "ask for more memory", grow},
    {"peek", "ADDRESS [LENGTH]", "show own memory", peek},
    {"poke", "ADDRESS BYTE...", "change own memory", poke},
    {"rand", "[BYTES]", "random bytes", rand},
    {"trace", "[EVENT [A [B]]]", "emit a trace event", trace},
    {"echo", "[WORDS...]", "print them", echo},
    {"crash", "[store|recurse|ask]", "end badly", crash},
    {"exit", "[CODE]", "power off", exit},
    {"reboot", "", "begin again", reboot},
};

static void help(const struct Words *words) {
  (void)words;
  for (uint32_t i = 0; i < sizeof commands / sizeof *commands; i++)
    print("%-9s %-20s %s\n", commands[i].name, commands[i].arguments, commands[i].what);
  print("Ctrl-C ends sleep and spin. Keys: arrows, Home, End, Ctrl-A E K U L; Ctrl-D powers off.\n");
}

void run_command(char *line) {
  struct Words words = {0};
  for (char *at = line; *at && words.count < WORDS_MAX;) {
    while (*at == ' ') *at++ = 0;
    if (*at) words.at[words.count++] = at;
    while (*at && *at != ' ') at++;
  }
  if (words.count == 0) return;
  for (uint32_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (text_equal(commands[i].name, words.at[0])) {
      commands[i].run(&words);
      return;
    }
  print("%s: no such command; try help\n", words.at[0]);
}
