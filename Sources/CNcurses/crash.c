// The terminal is put in order whatever happens to the process.

#define _GNU_SOURCE

#include "CNcurses.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int crash_signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE};
enum { CRASH_SIGNALS = sizeof crash_signals / sizeof crash_signals[0] };

static struct sigaction previous[CRASH_SIGNALS];
static struct termios saved_line;
static volatile sig_atomic_t has_saved_line;
static int terminal = -1;
static char restore_bytes[512];
static int restore_length;

void cn_save_line(int descriptor) {
    terminal = descriptor;
    if (tcgetattr(descriptor, &saved_line) == 0) has_saved_line = 1;
}

void cn_restore_line(void) {
    if (has_saved_line) tcsetattr(terminal, TCSANOW, &saved_line);
}

// Swift's backtracer asks questions on a terminal and would wait for an answer on a screen that
// shows none; it runs only where the user has set it up.
static int keeps_backtracer;

// Only calls that are safe in a signal handler; then the signal comes again and ends the process.
static void on_crash(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    if (terminal >= 0) {
        ssize_t ignored = write(terminal, restore_bytes, (size_t)restore_length);
        (void)ignored;
        cn_restore_line();
    }
    struct sigaction action = {0};
    action.sa_handler = SIG_DFL;
    for (int i = 0; i < CRASH_SIGNALS; i++) {
        if (crash_signals[i] == number && keeps_backtracer) action = previous[i];
    }
    sigaction(number, &action, NULL);
    raise(number);
}

void cn_install_crash_handlers(int descriptor, const char *restore, int length) {
    terminal = descriptor;
    keeps_backtracer = getenv("SWIFT_BACKTRACE") != NULL;
    restore_length = length < (int)sizeof restore_bytes ? length : (int)sizeof restore_bytes;
    memcpy(restore_bytes, restore, (size_t)restore_length);
    stack_t stack = {0};
    stack.ss_size = 64 * 1024;
    stack.ss_sp = malloc(stack.ss_size);
    if (stack.ss_sp != NULL) sigaltstack(&stack, NULL);
    struct sigaction action = {0};
    action.sa_sigaction = on_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < CRASH_SIGNALS; i++) sigaction(crash_signals[i], &action, &previous[i]);
}

void cn_suspend(void) {
    // Whoever started the program may have blocked the signal, and a mask is inherited.
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    signal(SIGTSTP, SIG_DFL);
    kill(getpid(), SIGTSTP);
}
