// Where frames go and events come from.

/// A terminal, or something that stands for one.
///
/// Thread-confined: one thread draws and reads.
package protocol TerminalDriver: AnyObject {
    var size: (width: Int, height: Int) { get }
    var depth: ColorDepth { get }

    /// Shows a frame.
    func draw(_ buffer: ScreenBuffer)

    /// Paints everything anew with the next frame.
    func invalidate()
}
