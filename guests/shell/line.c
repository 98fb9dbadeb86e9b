#include "line.h"

#include "guest.h"

enum { COLUMNS = 80, LINE_BYTES = 256, HISTORY_LINES = 16, INPUT_BYTES = 256 };
enum Key { ENTER = 256, END_OF_INPUT, LEFT, RIGHT, UP, DOWN, HOME, END, DELETE, UNKNOWN };

// --- input: bytes that were read ahead ---

static char input[INPUT_BYTES];
static uint32_t input_length;
static int after_return;

static void drop_input(uint32_t count) {
  input_length -= count;
  memmove(input, input + count, input_length);
}

/** The next byte typed; -1 at the end of input. */
static int next_byte(void) {
  while (input_length == 0) {
    int32_t got = hv_console_read(input, INPUT_BYTES, 0);
    if (got <= 0) return -1;
    input_length = (uint32_t)got;
  }
  int byte = (uint8_t)input[0];
  drop_input(1);
  return byte;
}

int interrupted(void) {
  int32_t got = hv_console_read(input + input_length, INPUT_BYTES - input_length, HV_NONBLOCK);
  if (got > 0) input_length += (uint32_t)got;
  for (uint32_t i = input_length; i > 0; i--) {
    if (input[i - 1] != 3) continue;
    drop_input(i);
    return 1;
  }
  return 0;
}

/** What follows ESC: [A or OA, [3~ and the like. */
static int escape_sequence(void) {
  int byte = next_byte();
  if (byte != '[' && byte != 'O') return byte < 0 ? END_OF_INPUT : UNKNOWN;
  int number = 0;
  for (byte = next_byte(); (byte >= '0' && byte <= '9') || byte == ';'; byte = next_byte())
    if (byte != ';' && number < 100) number = number * 10 + byte - '0';
  switch (byte) {
    case -1: return END_OF_INPUT;
    case 'A': return UP;
    case 'B': return DOWN;
    case 'C': return RIGHT;
    case 'D': return LEFT;
    case 'H': return HOME;
    case 'F': return END;
    case '~':
      if (number == 1 || number == 7) return HOME;
      if (number == 4 || number == 8) return END;
      if (number == 3) return DELETE;
      return UNKNOWN;
    default: return UNKNOWN;
  }
}

static int next_key(void) {
  int byte = next_byte();
  if (byte == '\n' && after_return) byte = next_byte();  // a line that ends with both
  after_return = byte == '\r';
  if (byte == '\r' || byte == '\n') return ENTER;
  if (byte == 27) return escape_sequence();
  return byte < 0 ? END_OF_INPUT : byte;
}

// --- the line: UTF-8; the cursor stands at the first byte of a character ---

struct Line {
  const char *prompt;
  uint32_t prompt_columns;
  char *text;
  uint32_t length, cursor, room;
};

static int continues(char byte) {
  return (byte & 0xc0) == 0x80;
}

static uint32_t columns_of(const char *text, uint32_t length) {
  uint32_t columns = 0;
  for (uint32_t i = 0; i < length; i++) columns += !continues(text[i]);
  return columns;
}

static uint32_t before(const struct Line *line, uint32_t at) {
  if (at > 0) at--;
  while (at > 0 && continues(line->text[at])) at--;
  return at;
}

static uint32_t behind(const struct Line *line, uint32_t at) {
  if (at < line->length) at++;
  while (at < line->length && continues(line->text[at])) at++;
  return at;
}

/** Shows the part of the line around the cursor that fits beside the prompt. */
static void show(const struct Line *line) {
  uint32_t room = COLUMNS - 1 - line->prompt_columns;
  uint32_t from = 0, column = columns_of(line->text, line->cursor);
  for (; column > room; column--) from = behind(line, from);
  uint32_t to = from;
  for (uint32_t columns = 0; columns < room && to < line->length; columns++) to = behind(line, to);
  print("\r%s", line->prompt);
  write_bytes(line->text + from, to - from);
  if (to == line->cursor) print("\x1b[K");
  else print("\x1b[K\r\x1b[%uC", line->prompt_columns + column);
}

static void remove(struct Line *line, uint32_t from, uint32_t to) {
  memmove(line->text + from, line->text + to, line->length - to);
  line->length -= to - from;
  line->cursor = from;
}

static void insert(struct Line *line, char byte) {
  if (line->length + 1 >= line->room) return;
  memmove(line->text + line->cursor + 1, line->text + line->cursor, line->length - line->cursor);
  line->text[line->cursor++] = byte;
  line->length++;
}

static void replace(struct Line *line, const char *text) {
  uint32_t length = strlen(text);
  if (length > line->room - 1) length = line->room - 1;
  memcpy(line->text, text, length);
  line->length = line->cursor = length;
}

// --- history: a ring; the line that is being typed takes the place behind the last ---

static char history[HISTORY_LINES][LINE_BYTES];
static uint32_t history_count;

static char *history_line(uint32_t number) {
  return history[number % HISTORY_LINES];
}

/** Goes to another line of the history; keeps what was typed in the one that is left. */
static void recall(struct Line *line, uint32_t *number, uint32_t to) {
  uint32_t oldest = history_count >= HISTORY_LINES ? history_count - HISTORY_LINES + 1 : 0;
  if (to < oldest || to > history_count) return;
  if (*number == history_count) {
    memcpy(history_line(*number), line->text, line->length);
    history_line(*number)[line->length] = 0;
  }
  *number = to;
  replace(line, history_line(to));
}

static void remember(const char *text) {
  if (!*text || (history_count > 0 && text_equal(history_line(history_count - 1), text))) return;
  memcpy(history_line(history_count), text, strlen(text) + 1);
  history_count++;
}

// --- the editor ---

int32_t read_line(const char *prompt, char *text, uint32_t room) {
  struct Line line = {prompt, columns_of(prompt, strlen(prompt)), text, 0, 0, room < LINE_BYTES ? room : LINE_BYTES};
  uint32_t recalled = history_count;
  print("%s", prompt);
  for (;;) {
    int key = next_key();
    switch (key) {
      case ENTER:
        line.text[line.length] = 0;
        print("\n");
        remember(line.text);
        return (int32_t)line.length;
      case END_OF_INPUT:
        print("\n");
        return -1;
      case 4:  // Ctrl-D
        if (line.length == 0) {
          print("\n");
          return -1;
        }
        remove(&line, line.cursor, behind(&line, line.cursor));
        break;
      case 3:  // Ctrl-C
        print("^C\n");
        line.length = line.cursor = 0;
        recalled = history_count;
        break;
      case 12:  // Ctrl-L
        print("\x1b[H\x1b[2J");
        break;
      case 8:
      case 127:
        remove(&line, before(&line, line.cursor), line.cursor);
        break;
      case DELETE: remove(&line, line.cursor, behind(&line, line.cursor)); break;
      case 11: remove(&line, line.cursor, line.length); break;  // Ctrl-K
      case 21: remove(&line, 0, line.cursor); break;            // Ctrl-U
      case LEFT: line.cursor = before(&line, line.cursor); break;
      case RIGHT: line.cursor = behind(&line, line.cursor); break;
      case 1:
      case HOME: line.cursor = 0; break;
      case 5:
      case END: line.cursor = line.length; break;
      case UP:
        if (recalled > 0) recall(&line, &recalled, recalled - 1);
        break;
      case DOWN: recall(&line, &recalled, recalled + 1); break;
      default:
        if (key < 32 || key > 255) continue;
        insert(&line, (char)key);
        // Most often: a character at the end, with room for it.
        if (line.cursor == line.length && line.prompt_columns + columns_of(line.text, line.length) < COLUMNS) {
          char byte = (char)key;
          write_bytes(&byte, 1);
          continue;
        }
    }
    show(&line);
  }
}
