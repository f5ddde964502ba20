// A clock for tests.

import Synchronization
import WeirRuntime

/// Shows what it is set to, µs.
final class SetClock: Sendable {
    private let micros: Atomic<Int64>

    init(_ micros: Int64 = 0) { self.micros = Atomic(micros) }

    var clock: ProcessingClock { ProcessingClock { self.micros.load(ordering: .relaxed) } }

    func set(_ value: Int64) { micros.store(value, ordering: .relaxed) }
}
