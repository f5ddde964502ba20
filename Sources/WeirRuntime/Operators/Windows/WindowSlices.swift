// Which slices the windows of a shape are made of (Flink: SliceAssigners).

import WeirPlanner

/// Aligned windows as unions of slices: each row is in one slice, a window ends with a slice.
struct WindowSlices {
    /// Length of a slice (µs).
    let slice: Int64
    let offset: Int64
    private let size: Int64
    /// How far the ends of windows are apart.
    private let step: Int64
    private let isCumulative: Bool

    /// Nil for sessions.
    init?(_ shape: LogicalWindow.Shape) {
        switch shape {
        case .tumble(let size, let offset):
            self.init(slice: size, offset: offset, size: size, step: size, isCumulative: false)
        case .hop(let slide, let size, let offset):
            self.init(
                slice: Self.divisor(slide, size), offset: offset, size: size, step: slide,
                isCumulative: false)
        case .cumulate(let step, let size, let offset):
            self.init(slice: step, offset: offset, size: size, step: step, isCumulative: true)
        case .session: return nil
        }
    }

    private init(slice: Int64, offset: Int64, size: Int64, step: Int64, isCumulative: Bool) {
        self.slice = slice
        self.offset = offset
        self.size = size
        self.step = step
        self.isCumulative = isCumulative
    }

    private static func divisor(_ one: Int64, _ other: Int64) -> Int64 {
        other == 0 ? one : divisor(other, one % other)
    }

    /// Whether a window is one slice.
    var isSingle: Bool { slice == size }

    /// The end of the slice that a time is in.
    func end(_ time: Int64) -> Int64 {
        WindowBounds.start(time, size: slice, offset: offset) &+ slice
    }

    /// The first window that contains a slice, by their ends.
    func firstWindow(of sliceEnd: Int64) -> Int64 {
        if isCumulative { return sliceEnd }
        let start = WindowBounds.start(sliceEnd &- size &+ step &- 1, size: step, offset: offset)
        return start &+ size
    }

    /// The first window that contains a slice and has not been emitted at a watermark.
    func openWindow(of sliceEnd: Int64, watermark: Int64) -> Int64 {
        let first = firstWindow(of: sliceEnd)
        let last = first &- WindowBounds.step
        guard last <= watermark else { return first }
        return first &+ ((watermark &- last) / step &+ 1) &* step
    }

    /// The last window that contains a slice; none when windows leave gaps and it lies in one.
    func lastWindow(of sliceEnd: Int64) -> Int64 {
        if isCumulative {
            return WindowBounds.start(sliceEnd &- 1, size: size, offset: offset) &+ size
        }
        let start = WindowBounds.start(sliceEnd &- slice, size: step, offset: offset)
        return start &+ size
    }

    /// The window after one.
    func next(_ windowEnd: Int64) -> Int64 { windowEnd &+ step }

    /// Where a window starts.
    func start(ofWindow end: Int64) -> Int64 {
        isCumulative
            ? WindowBounds.start(end &- 1, size: size, offset: offset) : end &- size
    }
}
