alter table otree_ego_thread add column asked_in VARCHAR(300) DEFAULT '' NOT NULL;
