alter table otree_ego_human_visit add column chats TEXT DEFAULT '' NOT NULL;
