// The hash table under groupings, against a dictionary.

import TestSupport
import Testing
import WeirColumnar
import WeirRuntime

@Suite struct KeyTableTests {
    @Test("groups agree with a dictionary", arguments: 0..<60)
    func dictionary(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let table = KeyTable(columns: [.string, .bigint])
        var known: [String: Int32] = [:]
        let names = (0..<(1 + random.below(random.below(4) == 0 ? 2000 : 40))).map { _ in
            String(repeating: random.pick(["a", "é", "xyz"]), count: random.below(9))
                + "\(random.below(300))"
        }
        for _ in 0..<8 {
            var texts = ColumnBuilder(.bytes)
            var numbers = ColumnBuilder(.int64)
            var keys: [String] = []
            // Long batches cross the table's stretches and make it grow.
            for _ in 0..<random.below(random.below(4) == 0 ? 4000 : 100) {
                let text: String? = random.below(6) == 0 ? nil : random.pick(names)
                let number: Int64? = random.below(6) == 0 ? nil : Int64(random.below(3))
                texts.append(text.map { .string($0) } ?? .null)
                numbers.append(number.map { .int64($0) } ?? .null)
                keys.append("\(text ?? "∅")|\(number.map { "\($0)" } ?? "∅")")
            }
            let groups = table.groups([texts.build(), numbers.build()], rows: keys.count)
            for (key, group) in zip(keys, groups) {
                if let old = known[key] {
                    #expect(old == group, "seed \(seed): \(key)")
                } else {
                    #expect(Int(group) == known.count, "seed \(seed): \(key)")
                    known[key] = group
                }
            }
            if random.below(3) == 0, table.count > 1 {
                let kept = (0..<table.count).filter { _ in random.below(2) == 0 }.map { Int32($0) }
                table.compact(keeping: kept)
                known = known.reduce(into: [:]) { result, entry in
                    if let index = kept.firstIndex(of: entry.value) {
                        result[entry.key] = Int32(index)
                    }
                }
            }
        }
        let columns = table.keyColumns((0..<table.count).map { Int32($0) })
        for (key, group) in known {
            let text = columns[0].scalar(Int(group))
            let number = columns[1].scalar(Int(group))
            let shown =
                (text == .null ? "∅" : ValueText.string(text, kind: .varchar(.max))) + "|"
                + (number == .null ? "∅" : ValueText.string(number, kind: .bigint))
            #expect(shown == key, "seed \(seed)")
        }
    }

    @Test func queuesHoldTheSenderUp() {
        let queue = BoundedQueue<Int>(lanes: 2, capacity: 1)
        #expect(queue.push(1, lane: 0) != nil)
        #expect(queue.push(2, lane: 1) != nil)
        #expect(queue.count(lane: 0) == 1)
        #expect(queue.pop(until: nil) == 1)
        #expect(queue.pop(until: nil) == 2)
        queue.close()
        #expect(queue.push(3) == nil)
        #expect(queue.pop(until: nil) == nil)
    }
}
