// What Weir needs of ncursesw, as plain functions: the macros and globals do not come through to
// Swift, and the loop over the cells of a row belongs in C.

#ifndef CNCURSES_H
#define CNCURSES_H

#include <stdint.h>

/// Attributes of a cell.
enum {
    CN_BOLD = 1,
    CN_DIM = 2,
    CN_UNDERLINE = 4,
    CN_REVERSE = 8,
    CN_ITALIC = 16,
};

/// Starts full-screen mode on the terminal behind a file descriptor; 0 when it cannot.
int cn_start(int descriptor);

/// Ends full-screen mode; the screen is as before.
void cn_stop(void);

/// Goes back to full-screen mode after `cn_stop` and paints everything anew.
void cn_resume(void);

/// Colours the terminal has; 0 or less without any.
int cn_colors(void);

/// Tells ncurses the size of the terminal.
void cn_resize(int rows, int columns);

/// Paints everything anew with the next refresh.
void cn_invalidate(void);

/// Puts a row of cells on the virtual screen. A glyph of 0 continues a wide one.
void cn_put_row(int y, int width, const uint32_t *glyphs, const int16_t *foregrounds,
                const int16_t *backgrounds, const uint8_t *attributes);

/// Brings the terminal up to date; the cursor is shown at a place, or hidden for -1.
void cn_refresh(int cursor_y, int cursor_x);

/// Columns that the C library gives a character.
int cn_wcwidth(uint32_t scalar);

/// Installs handlers for crashes that put the terminal in order before the process ends.
///
/// `restore` is written to the terminal as it is; `length` bytes.
void cn_install_crash_handlers(int descriptor, const char *restore, int length);

/// Saves the terminal's line settings for `cn_restore_line` and for crashes.
void cn_save_line(int descriptor);

/// Puts the terminal's line settings back.
void cn_restore_line(void);

/// Stops the process as Ctrl-Z does, and returns when it goes on.
void cn_suspend(void);

#endif
