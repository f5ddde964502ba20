// The watermark of several inputs (Flink: the least of those that are not idle).

/// The watermarks of an operator's inputs and what has been passed on.
struct WatermarkMerge {
    private var inputs: [Int64]
    private var isIdle: [Bool]
    /// The least of all inputs that are not idle (µs); when all are, the largest.
    private(set) var current = Int64.min

    init(inputs: Int) {
        self.inputs = [Int64](repeating: .min, count: inputs)
        isIdle = [Bool](repeating: false, count: inputs)
    }

    /// Notes whether an input gives no rows for the time being; `advance` tells what follows.
    mutating func setIdle(_ input: Int, _ value: Bool) { isIdle[input] = value }

    /// Notes an input's watermark; whether the least one has moved.
    mutating func advance(_ input: Int, to watermark: Int64) -> Bool {
        inputs[input] = max(inputs[input], watermark)
        var least = inputs[0]
        if isIdle.contains(true) {
            let active = inputs.indices.filter { !isIdle[$0] }.map { inputs[$0] }
            least = active.min() ?? inputs.max() ?? .min
        } else {
            for other in inputs.dropFirst() { least = min(least, other) }
        }
        guard least > current else { return false }
        current = least
        return true
    }

    func watermark(of input: Int) -> Int64 { inputs[input] }
}
