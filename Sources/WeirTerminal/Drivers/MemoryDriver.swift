// A terminal in memory, for tests and for dumps.

/// Keeps the last frame.
package final class MemoryDriver: TerminalDriver {
    package var size: (width: Int, height: Int)
    package let depth: ColorDepth
    package private(set) var frame: ScreenBuffer?

    package init(width: Int, height: Int, depth: ColorDepth = .palette256) {
        size = (width, height)
        self.depth = depth
    }

    package func draw(_ buffer: ScreenBuffer) { frame = buffer }

    package func invalidate() {}
}
