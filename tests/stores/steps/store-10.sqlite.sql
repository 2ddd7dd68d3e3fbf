alter table otree_ego_message add column request TEXT DEFAULT '' NOT NULL;
