alter table otree_ego_message add column characters_delivered INTEGER;
