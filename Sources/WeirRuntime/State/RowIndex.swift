// Finding a kept row by its values.

/// Row numbers by hash; several rows may have the same one. Linear probing, at most half full.
struct RowIndex {
    private var slots = [Int32](repeating: 0, count: 64)
    /// By row number.
    private var hashes: [UInt64] = []
    private(set) var count = 0

    var stateBytes: Int { slots.capacity * 4 + hashes.capacity * 8 }

    /// Adds the next row; rows are numbered 0, 1, … as they are added.
    mutating func append(_ hash: UInt64) {
        if (count + 1) * 2 > slots.count { grow() }
        let row = hashes.count
        hashes.append(hash)
        place(Int32(row + 1), hash)
        count += 1
    }

    /// The row with a hash that a test accepts, taken out of the index; nil when there is none.
    mutating func remove(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let row = Int(slots[slot]) - 1
            if hashes[row] == hash, matches(row) {
                close(slot)
                count -= 1
                return row
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private mutating func place(_ entry: Int32, _ hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = entry
    }

    /// Empties a slot and moves those behind it that would not be found any more.
    private mutating func close(_ empty: Int) {
        let mask = slots.count - 1
        var hole = empty
        var slot = (hole + 1) & mask
        while slots[slot] != 0 {
            let home = Int(truncatingIfNeeded: hashes[Int(slots[slot]) - 1]) & mask
            // Whether its home lies cyclically outside of (hole, slot].
            if (slot &- home) & mask >= (slot &- hole) & mask {
                slots[hole] = slots[slot]
                hole = slot
            }
            slot = (slot + 1) & mask
        }
        slots[hole] = 0
    }

    private mutating func grow() {
        let old = slots
        slots = [Int32](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { place(entry, hashes[Int(entry) - 1]) }
    }
}
