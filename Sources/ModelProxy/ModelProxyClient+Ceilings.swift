import JSONValue
import NIOHTTP1

/// What a team of the model proxy has, and what its members spent.
public struct ModelTeam: Sendable, Hashable {
    /// A member and its part.
    public struct Member: Sendable, Hashable {
        /// What the member spent in the period with keys of the team.
        public var spend: USD
        /// The member's ceiling; nil without one.
        public var budget: USD?

        /// A member.
        public init(spend: USD, budget: USD?) {
            self.spend = spend
            self.budget = budget
        }
    }

    /// What all spent in the period.
    public var spend: USD
    /// The ceiling of all; nil without one.
    public var budget: USD?
    /// The period.
    public var duration: String?
    /// The members by their ids.
    public var members: [String: Member]

    /// A team.
    public init(spend: USD, budget: USD?, duration: String?, members: [String: Member]) {
        self.spend = spend
        self.budget = budget
        self.duration = duration
        self.members = members
    }
}

extension ModelProxyClient {
    /// A team (`GET /team/info`); nil when there is none.
    ///
    /// - Throws: ``ModelProxyError``.
    public func team(_ id: String) async throws -> ModelTeam? {
        let answer: JSON
        do {
            answer = try await call("a team", .GET, "/team/info", query: [("team_id", id), ("key_limit", "1")])
        } catch let error as ModelProxyError where error.code == .notFound {
            return nil
        }
        guard let info = answer["team_info"] else {
            throw ModelProxyError(.answerInvalid, "The model proxy's answer about a team cannot be read.")
        }
        var members: [String: ModelTeam.Member] = [:]
        for member in info["members_with_roles"]?.arrayValue ?? [] {
            if let id = member["user_id"]?.stringValue { members[id] = .init(spend: .zero, budget: nil) }
        }
        for membership in answer["team_memberships"]?.arrayValue ?? [] {
            guard let id = membership["user_id"]?.stringValue, members[id] != nil else { continue }
            members[id] = .init(
                spend: USD(membership["spend"]?.numberValue ?? 0),
                budget: membership["litellm_budget_table"]?["max_budget"]?.numberValue.map { USD($0) }
            )
        }
        return ModelTeam(
            spend: USD(info["spend"]?.numberValue ?? 0),
            budget: info["max_budget"]?.numberValue.map { USD($0) },
            duration: info["budget_duration"]?.stringValue,
            members: members
        )
    }

    /// Has a team with a ceiling (`POST /team/new`, `POST /team/update`). Repeating it changes nothing.
    ///
    /// - Parameters:
    ///   - id: the team.
    ///   - limit: what all its keys may spend in a period together; nil without a ceiling.
    ///   - duration: the period.
    /// - Throws: ``ModelProxyError``.
    public func setTeam(_ id: String, limit: USD?, duration: String = "30d") async throws {
        let members: JSON = [
            "team_id": .string(id), "team_alias": .string(id), "max_budget": limit?.json ?? .null, "budget_duration": .string(duration),
        ]
        if let team = try await team(id) {
            guard team.budget != limit || team.duration != duration else { return }
            _ = try await call("a team's ceiling", .POST, "/team/update", body: members)
        } else {
            _ = try await call("a new team", .POST, "/team/new", body: members)
        }
    }

    /// Gives an account a ceiling, as a user of the proxy and as a member of the team: the proxy holds keys of a team to the member's.
    ///
    /// - Parameters:
    ///   - user: the account.
    ///   - team: the team, which is there.
    ///   - limit: what may be spent in a period; nil without a ceiling.
    ///   - duration: the period.
    /// - Throws: ``ModelProxyError``.
    public func setAccount(_ user: String, in team: String, limit: USD?, duration: String = "30d") async throws {
        let budget: JSON = [
            "user_id": .string(user), "max_budget": limit?.json ?? .null, "budget_duration": limit == nil ? .null : .string(duration),
        ]
        do {
            _ = try await call("a new account", .POST, "/user/new", body: budget.merging(["auto_create_key": false]))
        } catch let error as ModelProxyError where error.code == .conflict {
            _ = try await call("an account's ceiling", .POST, "/user/update", body: budget)
        }
        let isMember = try await self.team(team)?.members[user] != nil
        let part: JSON = [
            "team_id": .string(team), "max_budget_in_team": limit?.json ?? .null,
            "budget_duration": limit == nil ? .null : .string(duration),
        ]
        if !isMember {
            do {
                _ = try await call(
                    "a new member",
                    .POST,
                    "/team/member_add",
                    body: part.merging(["member": ["role": "user", "user_id": .string(user)]])
                )
                return
            } catch let error as ModelProxyError where error.code == .conflict {
                // Somebody else was faster.
            }
        }
        _ = try await call("a member's ceiling", .POST, "/team/member_update", body: part.merging(["user_id": .string(user)]))
    }

    /// Has a credential of a provider with a key (`POST /credentials`, `PATCH /credentials/{name}`).
    ///
    /// - Parameters:
    ///   - name: name of the credential.
    ///   - provider: the provider as LiteLLM calls it.
    ///   - key: the provider's key.
    /// - Throws: ``ModelProxyError``.
    public func setCredential(_ name: String, provider: String, key: String) async throws {
        let values: JSON = [
            "credential_name": .string(name), "credential_info": ["custom_llm_provider": .string(provider)],
            "credential_values": ["api_key": .string(key)],
        ]
        do {
            _ = try await call("a provider's key", .POST, "/credentials", body: values)
        } catch let error as ModelProxyError where error.code == .conflict {
            _ = try await call("a provider's key", .PATCH, "/credentials/\(Self.encode(name))", body: values)
        }
    }

    /// Takes a credential away (`DELETE /credentials/{name}`); that there is none is no error.
    ///
    /// - Throws: ``ModelProxyError``.
    public func deleteCredential(_ name: String) async throws {
        do {
            _ = try await call("the end of a provider's key", .DELETE, "/credentials/\(Self.encode(name))")
        } catch let error as ModelProxyError where error.code == .notFound {
            // Whoever deletes wants it gone.
        }
    }
}
