extension ProjectionSchema {
    /// Addresses of people are kept in lower case: they differ in case and mean the same.
    static let foldedAddresses = """
        update grants set subject_id = lower(subject_id)
            where subject_type = 'user' and subject_id like '%@%' and subject_id not like '%|%' and subject_id <> lower(subject_id);

        insert into group_members (group_id, member)
            select group_id, case when member like 'user:%' then 'user:' || lower(substr(member, 6)) else lower(member) end from group_members
            where member like '%@%' and member not like '%|%' and member not like 'tenant:%' and member not like 'department:%'
                and member <> lower(member)
            on conflict do nothing;
        delete from group_members
            where member like '%@%' and member not like '%|%' and member not like 'tenant:%' and member not like 'department:%'
                and member <> lower(member);
        """
}
