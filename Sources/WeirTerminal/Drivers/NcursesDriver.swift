// The real terminal: ncursesw for output, our own decoder for input.

import CNcurses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Draws with ncurses on the controlling terminal. ncurses knows one thread: the one that made
/// this object.
package final class NcursesDriver: TerminalDriver {
    private let terminal: Int32
    private var lastFrame: ScreenBuffer?
    package let depth: ColorDepth
    private let owner = pthread_self()
    private var hasMouse: Bool

    /// What leaves every mode that we turn on: synchronised output, mouse, paste, focus, keypad,
    /// colours, cursor, alternate screen.
    private static let restore =
        "\u{1B}[?2026l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l\u{1B}[?2004l\u{1B}[?1004l"
        + "\u{1B}[?1l\u{1B}>\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"

    /// Nil when there is no usable terminal.
    package init?(hasMouse: Bool, wantsColor: Bool) {
        terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        cn_save_line(terminal)
        cn_install_crash_handlers(terminal, Self.restore, Int32(Self.restore.utf8.count))
        guard cn_start(terminal) != 0 else {
            close(terminal)
            return nil
        }
        let colors = cn_colors()
        depth = !wantsColor || colors < 8 ? .mono : colors >= 256 ? .palette256 : .sixteen
        self.hasMouse = hasMouse
        enableModes()
    }

    private func enableModes() {
        send("\u{1B}[?2004h")
        if hasMouse { send("\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h") }
    }

    private func disableModes() {
        send("\u{1B}[?2004l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l")
    }

    private func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
    }

    /// Leaves full-screen mode; the shell's screen is as it was.
    package func stop() {
        disableModes()
        cn_stop()
        cn_restore_line()
    }

    /// Turns mouse reports on or off.
    package func setMouse(_ value: Bool) {
        hasMouse = value
        disableModes()
        enableModes()
    }

    /// Stops the process until it is brought back, with the terminal in order meanwhile.
    package func suspend() {
        stop()
        cn_suspend()
        cn_resume()
        enableModes()
        lastFrame = nil
    }

    package var size: (width: Int, height: Int) {
        var value = winsize()
        guard ioctl(terminal, UInt(TIOCGWINSZ), &value) == 0, value.ws_col > 0, value.ws_row > 0
        else { return (80, 24) }
        return (Int(value.ws_col), Int(value.ws_row))
    }

    /// Takes over a new size of the terminal.
    package func resize() {
        let size = size
        cn_resize(Int32(size.height), Int32(size.width))
        lastFrame = nil
    }

    package func invalidate() {
        lastFrame = nil
        cn_invalidate()
    }

    package func draw(_ buffer: ScreenBuffer) {
        precondition(pthread_equal(owner, pthread_self()) != 0, "ncurses belongs to one thread")
        send("\u{1B}[?2026h")
        for y in 0..<buffer.height where !isUnchanged(y, buffer) { putRow(y, buffer) }
        let cursor = buffer.cursor
        cn_refresh(Int32(cursor?.y ?? -1), Int32(cursor?.x ?? -1))
        send("\u{1B}[?2026l")
        lastFrame = buffer
    }

    private func isUnchanged(_ y: Int, _ buffer: ScreenBuffer) -> Bool {
        guard let lastFrame, lastFrame.width == buffer.width, lastFrame.height == buffer.height
        else { return false }
        return lastFrame.row(y) == buffer.row(y)
    }

    private func putRow(_ y: Int, _ buffer: ScreenBuffer) {
        let row = buffer.row(y)
        let glyphs = row.map(\.glyph)
        let foregrounds = row.map { depth == .mono ? -1 : $0.style.foreground.index }
        let backgrounds = row.map { depth == .mono ? -1 : $0.style.background.index }
        let attributes = row.map(\.style.attributes.rawValue)
        cn_put_row(
            Int32(y), Int32(buffer.width), glyphs, foregrounds, backgrounds, attributes)
    }

    /// Waits for input, a wake-up or a time-out.
    ///
    /// - Parameters:
    ///   - wake: a descriptor that another thread writes to.
    ///   - milliseconds: longest time to wait.
    /// - Returns: bytes read; nil when the terminal is gone.
    package func poll(wake: Int32, milliseconds: Int) -> [UInt8]? {
        var descriptors = [
            pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        let ready = Glibc.poll(&descriptors, 2, Int32(clamping: milliseconds))
        guard ready > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 4096)
        if descriptors[1].revents & Int16(POLLIN) != 0 {
            _ = read(wake, &bytes, bytes.count)
        }
        let isGone = descriptors[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
        guard descriptors[0].revents & Int16(POLLIN) != 0 else { return isGone ? nil : [] }
        let count = read(terminal, &bytes, bytes.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN ? [] : nil }
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    /// Sends text to the clipboard of the terminal (OSC 52).
    package func copy(_ text: String) {
        send("\u{1B}]52;c;\(Base64.encode(Array(text.utf8.prefix(74_000))))\u{07}")
    }
}
