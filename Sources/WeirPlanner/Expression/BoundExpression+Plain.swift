// Expressions that are nothing but a column or a number.

import WeirColumnar

extension BoundExpression {
    /// The column that it is, also as another text type.
    var plainColumn: Int? {
        switch node {
        case .column(let index): index
        case .cast(let inner, false) where inner.type.kind.isString && type.kind.isString:
            inner.plainColumn
        default: nil
        }
    }

    /// Whether it is the number zero, of any type.
    var isZero: Bool {
        switch node {
        case .literal(.int64(0)), .literal(.int128(0)), .literal(.float64(0)): true
        case .cast(let inner, _): inner.isZero
        default: false
        }
    }
}
