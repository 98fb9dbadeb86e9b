/* A scanner of markdown-like text to HTML: many small functions, byte loops, branches of uneven odds. */
#define EXPORT(name) __attribute__((export_name(#name)))

static const char document[] =
    "# A heading with *emphasis* and `code`\n"
    "\n"
    "A paragraph that runs over several lines, has **strong words**, a [link](https://example.org/a?b=1&c=2)\n"
    "and characters to escape: a < b && b > c. It ends with a line of plain prose that has nothing special\n"
    "in it at all, since most of any text is like that.\n"
    "\n"
    "* first item with `inline code` in it\n"
    "* second item, *emphasized to its end*\n"
    "* third item with an unmatched * star and a stray ] bracket\n"
    "\n"
    "## A smaller heading\n"
    "\n"
    "```\n"
    "for (i = 0; i < n; i++) sum += a[i] & 0xff;\n"
    "if (sum > limit) return \"too much\";\n"
    "```\n"
    "\n"
    "> quoted text, **with strong** and [another link](relative/path.html)\n"
    "\n"
    "The last paragraph is *short*.\n";

static char output[8192];
static char *out;

static void put(char c) { *out++ = c; }

__attribute__((noinline)) static void putText(const char *text) {
  while (*text) put(*text++);
}

__attribute__((noinline)) static void putEscaped(char c) {
  switch (c) {
    case '<': putText("&lt;"); break;
    case '>': putText("&gt;"); break;
    case '&': putText("&amp;"); break;
    case '"': putText("&quot;"); break;
    default: put(c);
  }
}

__attribute__((noinline)) static const char *lineEnd(const char *at) {
  while (*at && *at != '\n') at++;
  return at;
}

/* The next occurrence of `mark`, `width` times in a row, or 0. */
__attribute__((noinline)) static const char *find(const char *at, const char *end, char mark, int width) {
  for (; at + width <= end; at++)
    if (*at == mark && (width == 1 || at[1] == mark)) return at;
  return 0;
}

static void putInline(const char *at, const char *end);

static const char *putSpan(const char *from, const char *to, int width, const char *open, const char *close) {
  putText(open);
  putInline(from, to);
  putText(close);
  return to + width;
}

static const char *putLink(const char *at, const char *end) {
  const char *close = find(at, end, ']', 1);
  if (!close || close + 1 >= end || close[1] != '(') return 0;
  const char *last = find(close, end, ')', 1);
  if (!last) return 0;
  putText("<a href=\"");
  for (const char *c = close + 2; c < last; c++) putEscaped(*c);
  putText("\">");
  putInline(at + 1, close);
  putText("</a>");
  return last + 1;
}

__attribute__((noinline)) static void putInline(const char *at, const char *end) {
  while (at < end) {
    const char *next = 0;
    const char *close;
    if (*at == '*') {
      int width = at + 1 < end && at[1] == '*' ? 2 : 1;
      close = find(at + width, end, '*', width);
      if (close) next = putSpan(at + width, close, width, width == 2 ? "<b>" : "<i>", width == 2 ? "</b>" : "</i>");
    } else if (*at == '`') {
      close = find(at + 1, end, '`', 1);
      if (close) {
        putText("<code>");
        for (const char *c = at + 1; c < close; c++) putEscaped(*c);
        putText("</code>");
        next = close + 1;
      }
    } else if (*at == '[') {
      next = putLink(at, end);
    }
    if (next) at = next;
    else putEscaped(*at++);
  }
}

static int isPlain(const char *line) {
  return *line && *line != '\n' && *line != '#' && *line != '*' && *line != '>' && *line != '`';
}

static const char *putParagraph(const char *at) {
  putText("<p>");
  while (isPlain(at)) {
    const char *end = lineEnd(at);
    putInline(at, end);
    put('\n');
    at = *end ? end + 1 : end;
  }
  putText("</p>");
  return at;
}

static const char *putList(const char *at) {
  putText("<ul>");
  while (at[0] == '*' && at[1] == ' ') {
    const char *end = lineEnd(at);
    putText("<li>");
    putInline(at + 2, end);
    at = *end ? end + 1 : end;
  }
  putText("</ul>");
  return at;
}

static const char *putHeading(const char *at) {
  int level = 0;
  for (; *at == '#'; at++) level++;
  while (*at == ' ') at++;
  const char *end = lineEnd(at);
  putText("<h"), put((char)('0' + level)), put('>');
  putInline(at, end);
  putText("</h"), put((char)('0' + level)), put('>');
  return end;
}

static const char *putFence(const char *at) {
  at = lineEnd(at) + 1;
  putText("<pre>");
  while (*at && *at != '`') putEscaped(*at++);
  putText("</pre>");
  return lineEnd(at);
}

static const char *putQuote(const char *at) {
  const char *end = lineEnd(at);
  putText("<blockquote>");
  putInline(at + 1, end);
  putText("</blockquote>");
  return end;
}

__attribute__((noinline)) static unsigned convert(const char *at) {
  out = output;
  while (*at) {
    switch (*at) {
      case '\n': at++; break;
      case '#': at = putHeading(at); break;
      case '*': at = putList(at); break;
      case '`': at = putFence(at); break;
      case '>': at = putQuote(at); break;
      default: at = putParagraph(at);
    }
  }
  unsigned hash = 2166136261u;
  for (const char *c = output; c < out; c++) hash = (hash ^ (unsigned char)*c) * 16777619u;
  return hash;
}

EXPORT(run) int run(int rounds) {
  unsigned mixed = 0;
  while (rounds-- > 0) mixed = mixed * 3 + convert(document);
  return (int)mixed;
}
