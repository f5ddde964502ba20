// State of COUNT.

package import WeirColumnar

/// A number a group.
package final class CountAccumulator: MergingAccumulator {
    package private(set) var counts: [Int64] = []

    package init() {}

    package func grow(to count: Int) { resize(&counts, to: count, with: 0) }

    package func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?) {
        let validity = column?.validity
        counts.withUnsafeMutableBufferPointer { counts in
            if validity == nil, kinds == nil {
                for group in groups { counts[Int(group)] &+= 1 }
                return
            }
            for row in groups.indices where validity.map({ $0[row] }) ?? true {
                counts[Int(groups[row])] &+= direction(kinds, row)
            }
        }
    }

    package func merge(_ other: any Accumulator, from: [Int32], into: [Int32]) {
        guard let other = other as? CountAccumulator else { return }
        for (source, group) in zip(from, into) {
            counts[Int(group)] &+= other.counts[Int(source)]
        }
    }

    package func results(_ groups: [Int32]) -> Column { Column(.int64(pick(counts, groups))) }

    package func compact(keeping groups: [Int32]) { counts = pick(counts, groups) }

    package func encode(_ group: Int, into bytes: inout StateBytes) { bytes.write(counts[group]) }

    package func decode(_ group: Int, from bytes: inout StateBytes) {
        counts[group] = bytes.readInt64()
    }
}
