// Tables whose hashes say nothing: every key must be told apart by its words.

import TestSupport
import Testing

@testable import WeirRuntime

@Suite struct CollidingHashTests {
    /// All hashes equal, or of two values, against a dictionary.
    @Test(arguments: [1, 2, 7])
    func groupsAreToldApartByTheirKeys(_ hashes: Int) {
        var random = SeededRandom(seed: UInt64(hashes))
        var slots = GroupSlots()
        var known: [[Int64]: Int32] = [:]
        for _ in 0..<20 {
            let rows = random.below(60)
            let keys = (0..<rows).map { _ in [Int64(random.below(12)), Int64(random.below(5))] }
            let words = keys.map { $0[0] } + keys.map { $0[1] }
            let hashed = keys.map { UInt64(truncatingIfNeeded: ($0[0] + $0[1]) % Int64(hashes)) }
            let groups = slots.find(words, hashed, rows: rows, width: 2)
            for (key, group) in zip(keys, groups) {
                #expect(known[key] ?? Int32(known.count) == group, "seed \(random.seed): \(key)")
                known[key] = group
            }
            if random.below(5) == 0 {
                slots.removeAll()
                known = [:]
            }
        }
    }

    /// Rows are added and taken out by value while all of them have one hash.
    @Test func rowsAreFoundByTheirValues() {
        var random = SeededRandom(seed: 3)
        var index = RowIndex()
        var values: [Int] = []
        var present: [Int: Int] = [:]
        for _ in 0..<2000 {
            let value = random.below(15)
            if random.below(2) == 0 {
                index.append(7)
                values.append(value)
                present[value, default: 0] += 1
                continue
            }
            let found = index.remove(7) { values[$0] == value }
            #expect((found != nil) == (present[value] ?? 0 > 0), "seed 3")
            if let found {
                #expect(values[found] == value)
                values[found] = -1
                present[value, default: 0] -= 1
            }
        }
        #expect(index.count == present.values.reduce(0, +))
    }
}
