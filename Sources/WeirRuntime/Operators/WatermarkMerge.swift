// The watermark of several inputs (Flink: the least of all).

/// The watermarks of an operator's inputs and what has been passed on.
struct WatermarkMerge {
    private var inputs: [Int64]
    /// The least of all inputs (µs).
    private(set) var current = Int64.min

    init(inputs: Int) { self.inputs = [Int64](repeating: .min, count: inputs) }

    /// Notes an input's watermark; whether the least one has moved.
    mutating func advance(_ input: Int, to watermark: Int64) -> Bool {
        inputs[input] = max(inputs[input], watermark)
        let least = inputs.min() ?? .min
        guard least > current else { return false }
        current = least
        return true
    }

    func watermark(of input: Int) -> Int64 { inputs[input] }
}
