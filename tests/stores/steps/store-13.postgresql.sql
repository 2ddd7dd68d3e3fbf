alter table otree_ego_visit add column participant VARCHAR(50) DEFAULT '' NOT NULL;
alter table otree_ego_visit add column question TEXT DEFAULT '' NOT NULL;
alter table otree_ego_visit add column answer TEXT DEFAULT '' NOT NULL;
alter table otree_ego_visit add column left_out TEXT DEFAULT '{}' NOT NULL;
