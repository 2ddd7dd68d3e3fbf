alter table otree_ego_thread add column closed FLOAT;
alter table otree_ego_thread add column replaced_by VARCHAR(32);
