import HTTPOperations
import HTTPTypes
import JSONValue
import Projection
import Schema

/// Which page of a catalogue is asked for.
struct CatalogueSearch: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = ["limit": .pageLimit(maximum: 1000), "cursor": .pageCursor]
}

/// An object of a catalogue in the path. A text that cannot be an id is no object's.
struct CatalogueObject: Decodable, Sendable, SchemaDescribing {
    var id: String

    static let schemaNotes: [String: SchemaNote] = ["id": SchemaNote("Id of the object.", minLength: 1, maxLength: 253)]
}

/// The answer to a deletion.
struct CatalogueRemoval: Codable, Sendable, Hashable, SchemaDescribing {
    /// Id of the object that was deleted.
    var id: String
    /// `deleted`.
    var status = "deleted"

    static let schemaNotes: [String: SchemaNote] = [
        "id": "Id of the object that was deleted.", "status": SchemaNote("What happened.", enum: ["deleted"]),
    ]
}

extension EntityTag {
    /// The version of an object whose answer is all there is to it: a digest of the answer.
    static func content(_ view: some Encodable) throws -> EntityTag {
        EntityTag(ContentDigest.hexadecimal(of: try JSON(encoding: view).serialized(), length: 32))
    }
}

/// How much of the platform's catalogues somebody sees. Pure.
enum CatalogueSight: Sendable, Hashable {
    /// Everything, with who may use what.
    case everything
    /// What there is, without whom else it is for and what it is reached with: customers learn nothing of each other.
    case catalogue

    /// What somebody sees.
    init(_ principal: Principal) {
        self = ObjectSight.reading(principal).isEverything ? .everything : .catalogue
    }

    /// Throws 403 unless everything is seen.
    func requireEverything() throws(OperationError) {
        guard self == .everything else { throw .forbidden }
    }
}

extension Refusals {
    /// What a change of an object of a catalogue may be answered.
    static let changingCatalogue =
        mutating + [ErrorDeclaration(.preconditionFailed, "PRECONDITION_FAILED", "The object has another version than If-Match says.")]
}
