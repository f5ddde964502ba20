// Cells to the terminal.

#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1

#include "CNcurses.h"

#include <locale.h>
#include <langinfo.h>
#include <ncursesw/curses.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;

static void prepare(void) {
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    leaveok(stdscr, TRUE);
    typeahead(-1);
    curs_set(0);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
}

int cn_start(int descriptor) {
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_ALL, "C.UTF-8");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    FILE *out = fdopen(dup(descriptor), "w");
    FILE *in = fdopen(dup(descriptor), "r");
    if (out == NULL || in == NULL) return 0;
    screen = newterm(NULL, out, in);
    if (screen == NULL) return 0;
    set_term(screen);
    prepare();
    return 1;
}

void cn_stop(void) {
    if (screen != NULL) endwin();
}

void cn_resume(void) {
    if (screen == NULL) return;
    prepare();
    clearok(curscr, TRUE);
    wrefresh(stdscr);
}

int cn_colors(void) { return screen != NULL && has_colors() ? COLORS : 0; }

void cn_resize(int rows, int columns) {
    if (screen != NULL && rows > 0 && columns > 0) resizeterm(rows, columns);
}

void cn_invalidate(void) { clearok(curscr, TRUE); }

static attr_t attributes_of(uint8_t bits) {
    attr_t attributes = A_NORMAL;
    if (bits & CN_BOLD) attributes |= A_BOLD;
    if (bits & CN_DIM) attributes |= A_DIM;
    if (bits & CN_UNDERLINE) attributes |= A_UNDERLINE;
    if (bits & CN_REVERSE) attributes |= A_REVERSE;
#ifdef A_ITALIC
    if (bits & CN_ITALIC) attributes |= A_ITALIC;
#endif
    return attributes;
}

void cn_put_row(int y, int width, const uint32_t *glyphs, const int16_t *foregrounds,
                const int16_t *backgrounds, const uint8_t *attributes) {
    if (screen == NULL || width <= 0) return;
    cchar_t *cells = malloc((size_t)width * sizeof *cells);
    if (cells == NULL) return;
    int count = 0;
    int last_fg = -2, last_bg = -2, pair = 0;
    for (int x = 0; x < width; x++) {
        if (glyphs[x] == 0) continue;
        if (foregrounds[x] != last_fg || backgrounds[x] != last_bg) {
            last_fg = foregrounds[x];
            last_bg = backgrounds[x];
            pair = has_colors() && (last_fg >= 0 || last_bg >= 0) ? alloc_pair(last_fg, last_bg) : 0;
            if (pair < 0) pair = 0;
        }
        wchar_t text[2] = {(wchar_t)glyphs[x], 0};
        int columns = wcwidth(text[0]);
        int wanted = x + 1 < width && glyphs[x + 1] == 0 ? 2 : 1;
        if (columns != wanted) text[0] = wanted == 2 ? L'\uFF1F' : L'?';
        setcchar(&cells[count++], text, attributes_of(attributes[x]), 0, &pair);
    }
    mvwadd_wchnstr(stdscr, y, 0, cells, count);
    free(cells);
}

void cn_refresh(int cursor_y, int cursor_x) {
    if (screen == NULL) return;
    if (cursor_y >= 0 && cursor_x >= 0) {
        leaveok(stdscr, FALSE);
        curs_set(1);
        wmove(stdscr, cursor_y, cursor_x);
    } else {
        leaveok(stdscr, TRUE);
        curs_set(0);
    }
    wnoutrefresh(stdscr);
    doupdate();
}

int cn_wcwidth(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
