// Which rows of a match belong to which variable.

/// Numbers of the rows, counted in each partition, where the variables of matches end.
///
/// The rows of a match follow each other and so do its variables, so a match is its first row and
/// the end of each variable. Slots are used again.
struct MatchBounds {
    private let width: Int
    private var ends: [Int] = []
    private var free: [Int32] = []

    init(variables: Int) { width = max(1, variables) }

    var stateBytes: Int { ends.capacity * 8 + free.capacity * 4 }

    mutating func take() -> Int32 {
        if let slot = free.popLast() { return slot }
        ends.append(contentsOf: repeatElement(0, count: width))
        return Int32(ends.count / width - 1)
    }

    mutating func copy(_ slot: Int32) -> Int32 {
        let fresh = take()
        for variable in 0..<width {
            ends[Int(fresh) * width + variable] = ends[Int(slot) * width + variable]
        }
        return fresh
    }

    mutating func release(_ slot: Int32) { free.append(slot) }

    subscript(_ slot: Int32, _ variable: Int) -> Int {
        get { ends[Int(slot) * width + variable] }
        set { ends[Int(slot) * width + variable] = newValue }
    }
}

/// A match that has begun, or is complete.
struct PartialMatch {
    /// Where it goes on.
    var state: Int
    /// The number of its first row in the partition, and the one behind its last row.
    let start: Int
    var end: Int
    /// The variable of its last row; the ends of those before are in the slot.
    var variable: Int
    var slot: Int32
}

/// A match as an expression sees it: perhaps with one more row that is tried for a variable.
struct MatchView {
    let partition: Int32
    let start: Int
    let end: Int
    let variable: Int
    /// Variables before this one have their end in the slot; those from it to `variable` end before
    /// the row that is tried.
    let known: Int
    let slot: Int32

    init(_ match: PartialMatch, partition: Int32) {
        self.partition = partition
        start = match.start
        end = match.end
        variable = match.variable
        known = match.variable
        slot = match.slot
    }

    /// A match with one more row.
    init(_ match: PartialMatch, trying variable: Int, partition: Int32) {
        self.partition = partition
        start = match.start
        end = match.end + 1
        self.variable = variable
        known = match.variable
        slot = match.slot
    }

    /// The rows of a variable.
    func rows(of wanted: Int, _ bounds: MatchBounds) -> Range<Int> {
        guard wanted <= variable else { return end..<end }
        func bound(_ variable: Int) -> Int {
            variable < known ? bounds[slot, variable] : end - 1
        }
        let first = wanted == 0 ? start : bound(wanted - 1)
        return first..<(wanted == variable ? end : bound(wanted))
    }
}
