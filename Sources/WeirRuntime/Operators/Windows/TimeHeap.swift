// What waits for a time, the earliest first.

/// A binary heap of numbers by time.
struct TimeHeap {
    private var times: [Int64] = []
    /// In no order that counts.
    private(set) var items: [Int32] = []

    var stateBytes: Int { times.capacity * 8 + items.capacity * 4 }

    mutating func push(_ time: Int64, _ item: Int32) {
        times.append(time)
        items.append(item)
        var child = times.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { return }
            swap(child, parent)
            child = parent
        }
    }

    /// Takes the first item out if its time is not past a limit.
    mutating func pop(upTo limit: Int64) -> (time: Int64, item: Int32)? {
        guard let time = times.first, time <= limit else { return nil }
        let item = items[0]
        swap(0, times.count - 1)
        times.removeLast()
        items.removeLast()
        var parent = 0
        while true {
            var least = parent
            let child = parent * 2 + 1
            if child < times.count, isBefore(child, least) { least = child }
            if child + 1 < times.count, isBefore(child + 1, least) { least = child + 1 }
            if least == parent { break }
            swap(parent, least)
            parent = least
        }
        return (time, item)
    }

    mutating func removeAll() {
        times = []
        items = []
    }

    /// Of equal times the item with the smaller number comes first: the order of arrival.
    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        times[one] == times[other] ? items[one] < items[other] : times[one] < times[other]
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        times.swapAt(one, other)
        items.swapAt(one, other)
    }
}
