extension ProjectionSchema {
    /// Who has made a token, through all the tokens it was made with, and when people were last seen to be people: at a login.
    ///
    /// Whoever has tokens of their own has logged in at some time. As nobody knows when, their time begins now.
    static let tokenMakers = """
        alter table access_tokens add column maker text;
        with recursive chain as (
            select id, created_by as maker from access_tokens where parent_id is null
            union all
            select child.id, chain.maker from access_tokens child join chain on child.parent_id = chain.id
        )
        update access_tokens set maker = chain.maker from chain where chain.id = access_tokens.id;
        update access_tokens set maker = created_by where maker is null;
        alter table access_tokens alter column maker set not null;
        create index access_tokens_by_maker on access_tokens (maker);

        create table person_logins (
            person text primary key,
            logged_in_at timestamptz not null
        );
        insert into person_logins (person, logged_in_at)
            select distinct owner, now() from access_tokens where owner = maker and owner like 'user:%|%'
            union select 'user:' || issuer || '|' || subject, now() from sessions;

        alter table api_keys add column parent_id uuid references api_keys (id);
        create index api_keys_by_parent on api_keys (parent_id) where parent_id is not null;
        """
}
