alter table otree_ego_message add column asked FLOAT;
alter table otree_ego_message add column first_piece FLOAT;
alter table otree_ego_message add column completed FLOAT;
alter table otree_ego_message add column delivered FLOAT;
