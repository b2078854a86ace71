import Foundation
import JSONValue

/// Something another system has to be told.
struct OutboxEntry: Sendable, Hashable {
    /// Its number; 0 until it is written.
    var id: Int64 = 0
    /// Which handler delivers it.
    var topic: String
    /// What it is about. Entries of one topic and key are delivered one after the other, in the order of their numbers.
    var key: String
    /// What is told. It must hold no secrets: whoever is given up stays, for people to see.
    var payload: JSON
    /// How often it was tried before.
    var attempts = 0
    /// When it was written.
    var createdAt = Date(timeIntervalSince1970: 0)

    /// Something to be told.
    ///
    /// - Parameters:
    ///   - topic: which handler delivers it.
    ///   - key: what it is about.
    ///   - payload: what is told, without secrets; default nothing but the key.
    init(topic: String, key: String, payload: JSON = [:]) {
        (self.topic, self.key, self.payload) = (topic, key, payload)
    }
}

/// Delivers the entries of a topic.
protocol OutboxHandler: Sendable {
    /// The topic.
    var topic: String { get }
    /// After how many failures an entry is given up; nil for never: then somebody has to look at the metrics.
    var maximumAttempts: Int? { get }
    /// Delivers an entry. It may come again although it was delivered: doing so twice must be the same as once.
    ///
    /// - Throws: ``OutboxRejection`` when trying again is of no use; anything else is tried again later.
    func deliver(_ entry: OutboxEntry) async throws
}

extension OutboxHandler {
    var maximumAttempts: Int? { 20 }
}

/// An entry cannot be delivered, however often it is tried.
struct OutboxRejection: Error, CustomStringConvertible {
    /// Stable code.
    let code = "OUTBOX_REJECTED"
    /// Why, without secrets.
    var message: String
    var description: String { message }
}
