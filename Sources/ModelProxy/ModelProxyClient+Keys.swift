import JSONValue
import NIOHTTP1
import Observability

extension ModelProxyClient {
    /// Makes a key (`POST /key/generate`).
    ///
    /// - Parameters:
    ///   - wish: what it is to be.
    ///   - spend: what counts as spent in this period already.
    ///   - metadata: notes for whoever looks at the proxy.
    /// - Returns: the key and its value, which nobody is told again.
    /// - Throws: ``ModelProxyError``; `MODEL_PROXY_REFUSED` when the alias is taken.
    public func generateKey(
        _ wish: ModelKeyWish,
        spend: USD = .zero,
        metadata: [String: String] = [:]
    ) async throws -> (key: ModelKey, value: SensitiveString) {
        let answer = try await call(
            "a new key",
            .POST,
            "/key/generate",
            body: Self.members(of: wish).merging([
                "spend": spend.json, "metadata": .object(metadata.mapValues { .string($0) }), "key_type": "llm_api",
            ])
        )
        guard let value = answer["key"]?.stringValue, !value.isEmpty else {
            throw ModelProxyError(.answerInvalid, "The model proxy made a key and did not tell it.")
        }
        let key = ModelKey(
            alias: wish.alias,
            hash: ModelKey.hash(of: value),
            budget: wish.budget,
            duration: wish.duration,
            team: wish.team,
            user: wish.user,
            spend: spend
        )
        return (key, SensitiveString(value))
    }

    /// Changes a key within its team; its value stays (`POST /key/update`).
    ///
    /// - Parameters:
    ///   - hash: which one.
    ///   - wish: what it is to be.
    /// - Throws: ``ModelProxyError``.
    public func updateKey(_ hash: String, to wish: ModelKeyWish) async throws {
        var members = Self.members(of: wish).merging(["key": .string(hash)])
        members["team_id"] = nil
        _ = try await call("a change of a key", .POST, "/key/update", body: members)
    }

    /// Takes keys away by their names (`POST /key/delete`); that there are none is no error.
    ///
    /// - Throws: ``ModelProxyError``.
    public func deleteKeys(aliases: [String]) async throws { try await deleteKeys("key_aliases", aliases) }

    /// Takes keys away by their hashes (`POST /key/delete`), and none that were made after them; that there are none is no error.
    ///
    /// - Throws: ``ModelProxyError``.
    public func deleteKeys(hashes: [String]) async throws { try await deleteKeys("keys", hashes) }

    private func deleteKeys(_ member: String, _ texts: [String]) async throws {
        do {
            try await tell("the end of a key", .POST, "/key/delete", body: [member: .array(texts.map { .string($0) })])
        } catch let error as ModelProxyError where error.code == .notFound {
            // Whoever deletes wants them gone.
        }
    }

    /// The key of a hash (`GET /key/info`); nil when there is none that lives.
    ///
    /// - Throws: ``ModelProxyError``.
    public func key(hash: String) async throws -> ModelKey? {
        do {
            let answer = try await call("a key", .GET, "/key/info", query: [("key", hash)])
            guard var info = answer["info"], info["status"]?.stringValue != "deleted" else { return nil }
            if info["token"] == nil { info["token"] = .string(hash) }
            return ModelKey(info)
        } catch let error as ModelProxyError where error.code == .notFound {
            return nil
        }
    }

    /// The key of an alias; nil when there is none.
    ///
    /// - Throws: ``ModelProxyError``.
    public func key(alias: String) async throws -> ModelKey? {
        // An older proxy compares in part, so that other keys may come with it.
        try await page(of: [("key_alias", alias)], 1, size: 100).keys.first { $0.alias == alias }
    }

    /// Every key of a team, in pages (`GET /key/list`).
    ///
    /// - Parameters:
    ///   - team: the team.
    ///   - body: takes each page.
    /// - Throws: ``ModelProxyError``, and what the body throws.
    public func keys(team: String, _ body: ([ModelKey]) async throws -> Void) async throws {
        for number in 1...max(1, limits.pages) {
            let page = try await page(of: [("team_id", team), ("sort_by", "created_at"), ("sort_order", "asc")], number, size: 100)
            try await body(page.keys)
            if number >= page.pages { return }
        }
    }

    private func page(of filter: [(String, String)], _ page: Int, size: Int) async throws -> (keys: [ModelKey], pages: Int) {
        let answer = try await call(
            "keys",
            .GET,
            "/key/list",
            query: filter + [("return_full_object", "true"), ("page", String(page)), ("size", String(size))]
        )
        guard let keys = answer["keys"]?.arrayValue else {
            throw ModelProxyError(.answerInvalid, "The model proxy's list of keys cannot be read.")
        }
        return (keys.compactMap(ModelKey.init), Int(answer["total_pages"]?.integerValue ?? 1))
    }

    private static func members(of wish: ModelKeyWish) -> JSON {
        [
            "key_alias": .string(wish.alias), "max_budget": wish.budget?.json ?? .null, "budget_duration": .string(wish.duration),
            "team_id": .string(wish.team), "user_id": .string(wish.user),
        ]
    }
}

extension JSON {
    /// An object with further members.
    func merging(_ others: [String: JSON]) -> JSON { .object((objectValue ?? [:]).merging(others) { $1 }) }
}
