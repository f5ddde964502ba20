// The matches of one partition, row by row.

import WeirPlanner

/// Matches that have begun and matches that wait, as Flink's CEP library keeps them (`NFA`,
/// `AfterMatchSkipStrategy`).
struct MatchPartition {
    /// Numbers of the kept rows; the first one is row `first` of the partition.
    var rows: [Int32] = []
    var first = 0
    /// Rows seen; all open matches end here.
    var next = 0
    /// By their first row, then in the order in which they came about.
    private(set) var open: [PartialMatch] = []
    /// Complete, but one that began before may still hide it.
    private(set) var complete = MatchHeap()
    /// Whether the store has matches of it.
    var isStored = false

    /// A complete match that comes out, or cannot because what to skip to is not in it.
    struct Found {
        let match: PartialMatch
        let hasTarget: Bool
    }

    var isIdle: Bool { open.isEmpty && complete.isEmpty }

    /// The first row that is still needed.
    var needed: Int { min(open.first?.start ?? next, complete.least?.start ?? next) }

    func row(_ number: Int) -> Int32 { rows[number - first] }

    /// What a row may begin; `next` is its number.
    func beginning(_ states: PatternStates) -> PartialMatch {
        PartialMatch(state: states.start, start: next, end: next, variable: 0, slot: 0)
    }

    // MARK: A row

    /// Takes the next row.
    ///
    /// - Parameter fits: by match, the new one last, and by the variables tried in its state.
    mutating func take(
        fits: ArraySlice<Bool>, _ states: PatternStates, _ skip: LogicalMatch.Skip,
        _ bounds: inout MatchBounds, into found: inout [Found]
    ) {
        if open.isEmpty, !fits.contains(true) {
            next += 1
            return
        }
        var going: [PartialMatch] = []
        going.reserveCapacity(open.count + 1)
        var done: [PartialMatch] = []
        var answer = fits.startIndex
        for match in open {
            follow(match, fits, answer, states, &bounds, &going, &done)
            answer += states.tried[match.state].count
            bounds.release(match.slot)
        }
        follow(beginning(states), fits, answer, states, &bounds, &going, &done)
        next += 1
        open = going
        finish(done, skip, &bounds, &found)
    }

    /// Where a match goes with the next row; each way is a match of its own.
    private func follow(
        _ match: PartialMatch, _ fits: ArraySlice<Bool>, _ answer: Int, _ states: PatternStates,
        _ bounds: inout MatchBounds, _ going: inout [PartialMatch], _ done: inout [PartialMatch]
    ) {
        for way in states.ways[match.state]
        where fits[answer + way.fits] && !way.unless.contains(where: { fits[answer + $0] }) {
            let isFinal = way.take == PatternStates.final
            if !isFinal { going.append(extended(match, way.variable, way.take, &bounds)) }
            if isFinal || states.isComplete[way.take] {
                done.append(extended(match, way.variable, PatternStates.final, &bounds))
            }
        }
    }

    private func extended(
        _ match: PartialMatch, _ variable: Int, _ state: Int, _ bounds: inout MatchBounds
    ) -> PartialMatch {
        let isNew = match.start == match.end
        let slot = isNew ? bounds.take() : bounds.copy(match.slot)
        for passed in match.variable..<max(variable, match.variable) {
            bounds[slot, passed] = match.end
        }
        return PartialMatch(
            state: state, start: match.start, end: match.end + 1, variable: variable, slot: slot)
    }

    // MARK: Complete matches

    /// Gives up open matches that began too long ago.
    ///
    /// - Parameter isTooOld: of the number of a first row.
    mutating func giveUp(
        _ isTooOld: (Int) -> Bool, _ skip: LogicalMatch.Skip, _ bounds: inout MatchBounds,
        into found: inout [Found]
    ) {
        guard let oldest = open.first, isTooOld(oldest.start) else { return }
        let kept = open.firstIndex { !isTooOld($0.start) } ?? open.count
        for match in open[..<kept] { bounds.release(match.slot) }
        open.removeFirst(kept)
        finish([], skip, &bounds, &found)
    }

    /// Lets matches out that no earlier one can hide; what they skip is given up.
    private mutating func finish(
        _ done: [PartialMatch], _ skip: LogicalMatch.Skip, _ bounds: inout MatchBounds,
        _ found: inout [Found]
    ) {
        for match in done { complete.push(match) }
        while let match = complete.pop(upTo: open.first?.start ?? .max) {
            let target = Self.target(match, skip, bounds)
            found.append(Found(match: match, hasTarget: target != nil))
            let limit = target ?? match.start + 1
            let kept = open.firstIndex { $0.start >= limit } ?? open.count
            for match in open[..<kept] { bounds.release(match.slot) }
            open.removeFirst(kept)
            for match in complete.remove(before: limit) { bounds.release(match.slot) }
        }
    }

    /// The row at which the next match may begin; nil when there is none, or none behind the first.
    private static func target(
        _ match: PartialMatch, _ skip: LogicalMatch.Skip, _ bounds: MatchBounds
    ) -> Int? {
        let view = MatchView(match, partition: 0)
        switch skip {
        case .pastLastRow: return match.end
        case .toNextRow: return match.start + 1
        case .toFirst(let variable):
            return view.rows(of: variable, bounds).first.flatMap { $0 > match.start ? $0 : nil }
        case .toLast(let variable):
            return view.rows(of: variable, bounds).last.flatMap { $0 > match.start ? $0 : nil }
        }
    }

    /// Takes back what an earlier run stored.
    mutating func restore(open: [PartialMatch], complete: [PartialMatch]) {
        self.open = open
        self.complete = MatchHeap(complete)
    }
}
