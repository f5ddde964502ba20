// Threads that share the work on one batch.

import Dispatch
import Foundation
import Synchronization

/// How many threads may work on one thing at once.
///
/// The work is cut the same way for any number of threads, so results do not depend on it.
package struct Workers: Sendable {
    package let count: Int
    /// Fewer rows than these are done sooner by one thread than a second one wakes.
    package let fewRows: Int

    package init(_ count: Int, fewRows: Int = 512) {
        self.count = max(1, count)
        self.fewRows = fewRows
    }

    /// One for each core.
    package static var cores: Workers { Workers(ProcessInfo.processInfo.activeProcessorCount) }

    /// Does something for each of 0..<`items`; returns when all is done.
    ///
    /// - Parameter body: touches nothing that it touches for another item.
    package func each(_ items: Int, _ body: (Int) -> Void) {
        guard count > 1, items > 1 else {
            for item in 0..<items { body(item) }
            return
        }
        let next = Atomic(0)
        // Safe: every call of `body` works on its own item, and all have ended when this returns.
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: min(count, items)) { _ in
            while true {
                let item = next.add(1, ordering: .relaxed).oldValue
                guard item < items else { return }
                body(item)
            }
        }
    }

    /// What `body` makes of each of 0..<`items`, in order.
    package func map<Result>(_ items: Int, _ body: (Int) -> Result) -> [Result] {
        [Result](unsafeUninitializedCapacity: items) { results, made in
            each(items) { results.initializeElement(at: $0, to: body($0)) }
            made = items
        }
    }
}
