// Rows that come in through the API, as their sources see them.

/// A record of the log of writes.
package struct WrittenRecord: Sendable {
    /// Its number; later ones are greater.
    package let number: Int64
    /// A JSON object on one line.
    package let text: [UInt8]

    package init(number: Int64, text: [UInt8]) {
        self.number = number
        self.text = text
    }
}

/// The log of writes; sources read it on threads of their own.
package protocol WriteFeed: Sendable {
    /// The records of a table behind a number, at most so many. Waits a moment when there are none.
    ///
    /// - Returns: nil when there will be no more; empty when there are none yet.
    /// - Throws: when the log cannot be read.
    func next(table: String, after number: Int64, most: Int) throws -> [WrittenRecord]?

    /// The greatest number of the log.
    var last: Int64 { get }
}
