alter table otree_ego_message add column worker VARCHAR(100);
