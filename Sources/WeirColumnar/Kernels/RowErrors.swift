// What went wrong with single rows while a batch was computed.

/// Why a row was refused; the raw value is stored in `weir_rejects.code`.
package enum ErrorCode: String, Sendable, Hashable {
    case divisionByZero = "division-by-zero"
    case castFailed = "cast-failed"
    case notNull = "not-null"
    case checkFailed = "check-failed"
    case nullEventTime = "null-event-time"
    case badArgument = "bad-argument"
    case badRecord = "bad-record"
    case fieldCount = "field-count"
    case badQuotes = "bad-quotes"
    case badValue = "bad-value"
    case outOfRange = "out-of-range"
    case badEncoding = "bad-encoding"
    case nulByte = "nul-byte"
    case recordTooLong = "record-too-long"
    case missingField = "missing-field"
    case skipTarget = "skip-target"
    case severalRows = "several-rows"
}

/// One row that could not be computed.
package struct RowError: Sendable {
    package let row: Int32
    package let code: ErrorCode
    package let message: String

    package init(row: Int32, code: ErrorCode, message: String) {
        self.row = row
        self.code = code
        self.message = message
    }
}

/// Collects the errors of a batch; kernels write here instead of throwing.
package final class RowErrors {
    package private(set) var items: [RowError] = []

    package init() {}

    package func add(_ row: Int, _ code: ErrorCode, _ message: @autoclosure () -> String) {
        items.append(RowError(row: Int32(row), code: code, message: message()))
    }

    package var isEmpty: Bool { items.isEmpty }

    /// Takes over errors of rows that a condition selects.
    package func merge(_ other: RowErrors, where isSelected: (Int) -> Bool) {
        for error in other.items where isSelected(Int(error.row)) { items.append(error) }
    }
}
