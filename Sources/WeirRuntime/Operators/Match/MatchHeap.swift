// Complete matches, the earliest first.

/// A binary heap by the first row of matches.
///
/// Which of several readings of the same rows comes out first is not for us to choose: Flink keeps
/// complete matches in a `java.util.PriorityQueue`, so this one moves equal elements as that does.
struct MatchHeap {
    private(set) var items: [PartialMatch]

    init(_ items: [PartialMatch] = []) { self.items = items }

    var isEmpty: Bool { items.isEmpty }

    var least: PartialMatch? { items.first }

    mutating func push(_ match: PartialMatch) {
        var place = items.count
        items.append(match)
        while place > 0 {
            let parent = (place - 1) / 2
            if match.start >= items[parent].start { break }
            items[place] = items[parent]
            place = parent
        }
        items[place] = match
    }

    /// Takes the first match out if it does not begin behind a limit.
    mutating func pop(upTo limit: Int) -> PartialMatch? {
        guard let first = items.first, first.start <= limit else { return nil }
        let last = items.removeLast()
        if !items.isEmpty {
            items[0] = last
            sift(0)
        }
        return first
    }

    /// Takes out all that begin before a limit.
    mutating func remove(before limit: Int) -> [PartialMatch] {
        let removed = items.filter { $0.start < limit }
        guard !removed.isEmpty else { return [] }
        items.removeAll { $0.start < limit }
        for place in (0..<items.count / 2).reversed() { sift(place) }
        return removed
    }

    private mutating func sift(_ start: Int) {
        var place = start
        let match = items[place]
        while place < items.count / 2 {
            var child = place * 2 + 1
            if child + 1 < items.count, items[child].start > items[child + 1].start { child += 1 }
            if match.start <= items[child].start { break }
            items[place] = items[child]
            place = child
        }
        items[place] = match
    }
}
