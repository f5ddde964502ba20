// The hash table under every grouping.

/// Open addressing over keys of a fixed number of words: linear probing, at most half full.
struct GroupSlots {
    private(set) var count = 0

    var stateBytes: Int { (keys.capacity + hashes.capacity) * 8 + slots.capacity * 4 }
    /// Words of all groups, group after group; there is room behind those in use.
    private var keys: [Int64] = []
    private var hashes: [UInt64] = []
    /// Group number plus one; 0 is free.
    private var slots = [Int32](repeating: 0, count: smallest)
    private static let smallest = 64
    /// Rows probed between two looks at the table's size.
    private static let stretch = 1024

    /// The group of each row; new keys get the next number.
    ///
    /// - Parameters:
    ///   - words: `words[word * rows + row]`.
    ///   - hashed: one hash a row.
    mutating func find(_ words: [Int64], _ hashed: [UInt64], rows: Int, width: Int) -> [Int32] {
        var result = [Int32](repeating: 0, count: rows)
        for start in stride(from: 0, to: rows, by: Self.stretch) {
            let end = min(start + Self.stretch, rows)
            makeRoom(for: end - start, width: width)
            probe(words, hashed, start..<end, rows, width, &result)
        }
        return result
    }

    private mutating func probe(
        _ words: [Int64], _ hashed: [UInt64], _ range: Range<Int>, _ rows: Int, _ width: Int,
        _ result: inout [Int32]
    ) {
        var next = count
        withUnsafeTables(words, hashed, &result) { keys, hashes, slots, words, hashed, result in
            let mask = slots.count - 1
            for row in range {
                let hash = hashed[row]
                var slot = Int(truncatingIfNeeded: hash) & mask
                var group = Int(slots[slot]) - 1
                while group >= 0 {
                    if hashes[group] == hash {
                        var word = 0
                        while word < width,
                            keys[group &* width &+ word] == words[word &* rows &+ row]
                        {
                            word += 1
                        }
                        if word == width { break }
                    }
                    slot = (slot &+ 1) & mask
                    group = Int(slots[slot]) - 1
                }
                if group < 0 {
                    group = next
                    next += 1
                    slots[slot] = Int32(next)
                    hashes[group] = hash
                    for word in 0..<width { keys[group * width + word] = words[word * rows + row] }
                }
                result[row] = Int32(group)
            }
        }
        count = next
    }

    /// The arrays as plain memory, so that no row pays for a check of ownership.
    private mutating func withUnsafeTables(
        _ words: [Int64], _ hashed: [UInt64], _ result: inout [Int32],
        _ body: (
            UnsafeMutableBufferPointer<Int64>, UnsafeMutableBufferPointer<UInt64>,
            UnsafeMutableBufferPointer<Int32>, UnsafeBufferPointer<Int64>,
            UnsafeBufferPointer<UInt64>, UnsafeMutableBufferPointer<Int32>
        ) -> Void
    ) {
        keys.withUnsafeMutableBufferPointer { keys in
            hashes.withUnsafeMutableBufferPointer { hashes in
                slots.withUnsafeMutableBufferPointer { slots in
                    words.withUnsafeBufferPointer { words in
                        hashed.withUnsafeBufferPointer { hashed in
                            result.withUnsafeMutableBufferPointer { result in
                                body(keys, hashes, slots, words, hashed, result)
                            }
                        }
                    }
                }
            }
        }
    }

    private mutating func makeRoom(for rows: Int, width: Int) {
        let needed = count + rows
        if hashes.count < needed {
            let grown = max(needed, hashes.count * 2)
            hashes.append(contentsOf: repeatElement(0, count: grown - hashes.count))
            keys.append(contentsOf: repeatElement(0, count: grown * width - keys.count))
        }
        guard needed * 2 > slots.count else { return }
        var size = slots.count
        while size < needed * 2 { size *= 2 }
        slots = [Int32](repeating: 0, count: size)
        let mask = size - 1
        for group in 0..<count {
            var slot = Int(truncatingIfNeeded: hashes[group]) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(group + 1)
        }
    }

    /// One word of the keys of some groups.
    func words(_ groups: [Int32], _ word: Int, width: Int) -> [Int64] {
        [Int64](unsafeUninitializedCapacity: groups.count) { output, written in
            keys.withUnsafeBufferPointer { keys in
                for (index, group) in groups.enumerated() {
                    output.initializeElement(at: index, to: keys[Int(group) * width + word])
                }
            }
            written = groups.count
        }
    }

    /// Forgets all groups. A table much larger than it had to be is made small.
    mutating func removeAll() {
        if count * 16 < slots.count {
            self = GroupSlots()
        } else {
            count = 0
            for index in slots.indices { slots[index] = 0 }
        }
    }
}
