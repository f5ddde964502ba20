// Queues of batches between threads; a full one holds the sender up.

package import Foundation

/// A first-in first-out queue with room for a few elements per lane.
///
/// `@unchecked Sendable` holds because all state is read and written under the condition's lock.
package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var elements: [(lane: Int, element: Element)] = []
    private var counts: [Int]
    private var isClosed = false
    package let capacity: Int

    /// - Parameter capacity: elements per lane.
    package init(lanes: Int = 1, capacity: Int) {
        counts = [Int](repeating: 0, count: max(1, lanes))
        self.capacity = capacity
    }

    /// Adds an element when its lane has room; returns how long that took (ns), or nil when the
    /// queue has been closed.
    package func push(_ element: Element, lane: Int = 0) -> UInt64? {
        condition.lock()
        defer { condition.unlock() }
        var waited: UInt64 = 0
        if counts[lane] >= capacity, !isClosed {
            let start = MonotonicClock.now()
            while counts[lane] >= capacity, !isClosed { condition.wait() }
            waited = MonotonicClock.now() - start
        }
        if isClosed { return nil }
        counts[lane] += 1
        elements.append((lane, element))
        condition.broadcast()
        return waited
    }

    /// The next element; nil when none came until the deadline or the queue is closed and empty.
    package func pop(until deadline: Date?) -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while elements.isEmpty, !isClosed {
            if let deadline {
                if !condition.wait(until: deadline) { break }
            } else {
                condition.wait()
            }
        }
        guard !elements.isEmpty else { return nil }
        let (lane, element) = elements.removeFirst()
        counts[lane] -= 1
        condition.broadcast()
        return element
    }

    /// The next element of a lane that is chosen anew whenever something has come.
    ///
    /// - Parameter choose: from the numbers of elements by lane the lane to wait for; nil takes
    ///   what came first.
    /// - Returns: nil when none came until the deadline or the queue is closed and empty.
    package func pop(until deadline: Date?, choose: ([Int]) -> Int?) -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let lane = choose(counts)
            if let index = elements.firstIndex(where: { lane == nil || $0.lane == lane }) {
                let (taken, element) = elements.remove(at: index)
                counts[taken] -= 1
                condition.broadcast()
                return element
            }
            if isClosed { return nil }
            guard let deadline else {
                condition.wait()
                continue
            }
            if !condition.wait(until: deadline) { return nil }
        }
    }

    /// Elements waiting in a lane.
    package func count(lane: Int = 0) -> Int {
        condition.lock()
        defer { condition.unlock() }
        return counts[lane]
    }

    /// Wakes everybody; nothing can be added any more.
    package func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
