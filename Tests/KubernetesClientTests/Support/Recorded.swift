import NIOConcurrencyHelpers

/// Keeps what tasks tell.
final class Recorded<Element: Sendable>: Sendable {
    private let box = NIOLockedValueBox<[Element]>([])
    func add(_ element: Element) { box.withLockedValue { $0.append(element) } }
    var all: [Element] { box.withLockedValue { $0 } }
}
